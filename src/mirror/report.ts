/**
 * Mirror status and integrity checks.
 *
 * @module
 */
import type { MirrorDatabase } from "./database.ts";
import { tablesOf } from "./entities.ts";
import type { MirrorTable } from "./rows.ts";
import { type MirrorState, readState } from "./state.ts";
import { IS_SHARED, IS_SHOWN } from "./sweep.ts";
import { TABLE_NAMES, TABLES, toQuotedColumn } from "./tables.ts";

/** The status of a mirror. */
export interface MirrorStatus extends
  Pick<
    MirrorState,
    "schemaVersion" | "lastRunAt" | "lastFullAt" | "fullStartedAt"
  > {
  /** The number of rows in each table. */
  rows: Record<MirrorTable, number>;
  /** The number of events since the last full sync started, by type, including unknown types. */
  events: Record<string, number>;
  /**
   * By type, the number of events since the last full sync started that were
   * skipped because they cannot be converted to rows: the key is missing, there
   * is an object where a number is expected, or JSON is nested more than 1,000
   * levels deep.
   */
  skippedRows: Record<string, number>;
  /**
   * By type, the number of values since the last full sync started that were
   * stored as NULL because the database cannot hold them: a string that is too
   * long, an integer beyond 2^53, or text where a number is expected.
   */
  skippedValues: Record<string, number>;
}

/**
 * The inconsistencies in a mirror.
 *
 * A check does not ask the server, so it finds neither missing or outdated rows
 * nor rows whose parent no longer exists on the server.
 */
export interface MirrorCheck {
  /** Whether the mirror is consistent. Orphans do not count as inconsistencies. */
  ok: boolean;
  /**
   * By table, the number of rows that arrived before their parent. While a
   * library changes, the server may send a row before its parent; the parent
   * then arrives with the next sync. If the parent was deleted before the
   * server sent it, the row remains an orphan until the next full sync removes
   * it.
   */
  orphans: Partial<Record<MirrorTable, number>>;
  /**
   * By table, the number of assets and stacks that are not visible through a
   * share or an album, and are not candidates for removal. There should be
   * none.
   */
  unreachable: Partial<Record<MirrorTable, number>>;
  /**
   * By table, the number of duplicate rows. They are a sign of a corrupt database
   * file.
   */
  duplicates: Partial<Record<MirrorTable, number>>;
  /**
   * The tables that have more rows than received events, with both numbers.
   */
  excess: Partial<Record<MirrorTable, { rows: number; events: number }>>;
}

function without(parent: MirrorTable, column: string): string {
  return `NOT EXISTS (SELECT 1 FROM {${parent}} WHERE id = ${column})`;
}

const WITHOUT_ASSET = without("assets", "asset_id");
const IS_CANDIDATE = "EXISTS (SELECT 1 FROM {mirror_candidates} " +
  "WHERE kind IN ('asset', 'orphan') AND id = {assets}.id)";
const HAS_CANDIDATE_OWNER =
  "owner_id IN (SELECT id FROM {mirror_candidates} WHERE kind = 'owner')";

/** Maps each table to the SQL condition for orphans. */
const ORPHANS: { readonly [T in MirrorTable]?: string } = {
  assets: `NOT ${IS_SHOWN} AND (${IS_CANDIDATE} OR ${HAS_CANDIDATE_OWNER})`,
  stacks: `NOT ${IS_SHARED} AND ${HAS_CANDIDATE_OWNER}`,
  exif: WITHOUT_ASSET,
  asset_edits: WITHOUT_ASSET,
  asset_metadata: WITHOUT_ASSET,
  asset_ocr: WITHOUT_ASSET,
  faces: WITHOUT_ASSET,
  album_users: without("albums", "album_id"),
  album_assets: `${without("albums", "album_id")} OR ${WITHOUT_ASSET}`,
  memory_assets: `${without("memories", "memory_id")} OR ${WITHOUT_ASSET}`,
};

/** Maps each table to the SQL condition for unreachable rows. */
const UNREACHABLE: { readonly [T in MirrorTable]?: string } = {
  assets:
    `NOT ${IS_SHOWN} AND NOT ${IS_CANDIDATE} AND NOT ${HAS_CANDIDATE_OWNER}`,
  stacks: `NOT ${IS_SHARED} AND NOT ${HAS_CANDIDATE_OWNER}`,
};

/** Reads the status of a mirror. */
export async function readStatus(
  database: MirrorDatabase,
): Promise<MirrorStatus> {
  const { schemaVersion, lastRunAt, lastFullAt, fullStartedAt } =
    await readState(database);
  const counts = await database.all(
    "SELECT * FROM {mirror_events} ORDER BY type",
    [],
  );
  const byType = (column: string): Record<string, number> =>
    withoutZeros(Object.fromEntries(
      counts.map((row) => [String(row.type), Number(row[column])]),
    ));
  return {
    schemaVersion,
    lastRunAt,
    lastFullAt,
    fullStartedAt,
    rows: await countRows(database),
    events: byType("events"),
    skippedRows: byType("skipped_rows"),
    skippedValues: byType("skipped_values"),
  };
}

/** Returns the number of rows in all tables. */
export async function countAllRows(database: MirrorDatabase): Promise<number> {
  const rows = Object.values(await countRows(database));
  return rows.reduce((sum, number) => sum + number, 0);
}

async function countRows(
  database: MirrorDatabase,
): Promise<MirrorStatus["rows"]> {
  const toQuery = (table: MirrorTable) => `SELECT count(*) FROM {${table}}`;
  return await count(database, toQuery) as MirrorStatus["rows"];
}

/** Checks a mirror for inconsistencies. */
export async function check(database: MirrorDatabase): Promise<MirrorCheck> {
  const countRows = async (
    conditions: { readonly [T in MirrorTable]?: string },
  ) =>
    withoutZeros(
      await count(database, (table) => {
        const condition = conditions[table];
        return condition &&
          `SELECT count(*) FROM {${table}} WHERE ${condition}`;
      }),
    );
  const orphans = await countRows(ORPHANS);
  const unreachable = await countRows(UNREACHABLE);
  const duplicates = withoutZeros(
    await count(database, (table) => {
      const key = TABLES[table].key.map(toQuotedColumn).join(" || char(0) || ");
      return `SELECT count(*) - count(DISTINCT ${key}) FROM {${table}}`;
    }),
  );
  const excess = toExcess(await readStatus(database));
  const wrong = [unreachable, duplicates, excess];
  return {
    ok: wrong.every((tables) => Object.keys(tables).length === 0),
    orphans,
    unreachable,
    duplicates,
    excess,
  };
}

function toExcess(
  { rows, events, fullStartedAt }: MirrorStatus,
): MirrorCheck["excess"] {
  // During a full sync, the tables also contain rows that arrived before that sync.
  if (fullStartedAt !== null) return {};
  const received = new Map<MirrorTable, number>();
  for (const [type, number] of Object.entries(events)) {
    for (const table of tablesOf(type)) {
      received.set(table, (received.get(table) ?? 0) + number);
    }
  }
  const excess: MirrorCheck["excess"] = {};
  for (const table of TABLE_NAMES) {
    const number = received.get(table) ?? 0;
    if (rows[table] > number) {
      excess[table] = { rows: rows[table], events: number };
    }
  }
  return excess;
}

/** Runs a query that returns a number for each table. */
async function count(
  database: MirrorDatabase,
  toQuery: (table: MirrorTable) => string | undefined,
): Promise<Partial<Record<MirrorTable, number>>> {
  const columns = TABLE_NAMES.flatMap((table) => {
    const query = toQuery(table);
    return query === undefined ? [] : [`(${query}) AS ${table}`];
  });
  const [row = {}] = await database.all(`SELECT ${columns.join(", ")}`, []);
  return Object.fromEntries(
    Object.entries(row).map(([table, number]) => [table, Number(number)]),
  );
}

function withoutZeros<Numbers extends Partial<Record<string, number>>>(
  numbers: Numbers,
): Numbers {
  return Object.fromEntries(
    Object.entries(numbers).filter(([, number]) => number !== 0),
  ) as Numbers;
}
