/**
 * How a mirror is, for its users and for those who worry.
 *
 * @module
 */
import type { MirrorDatabase } from "./database.ts";
import { tablesOf } from "./entities.ts";
import type { MirrorTable } from "./rows.ts";
import { type MirrorState, readState } from "./state.ts";
import { SHARED, SHOWN } from "./sweep.ts";
import { quoted, TABLE_NAMES, TABLES } from "./tables.ts";

/** How a mirror is. */
export interface MirrorStatus extends
  Pick<
    MirrorState,
    "schemaVersion" | "lastRunAt" | "lastFullAt" | "fullStartedAt"
  > {
  /** Rows of each table. */
  rows: Record<MirrorTable, number>;
  /** Events since the last full pass began, by type, of unknown types as well. */
  events: Record<string, number>;
}

/**
 * What is wrong inside a mirror, if anything is.
 *
 * It cannot know what the server holds: whether a row is missing, has old values,
 * or belongs to something that the server no longer has.
 */
export interface MirrorCheck {
  /** Whether nothing is wrong. Orphans are not wrong. */
  ok: boolean;
  /**
   * Rows that came before the row that they belong to, by table. The server sends
   * them so while a library changes, and the other row comes with the next sync.
   * An orphan that stays is one whose parent was deleted before it came; the next
   * full sync removes it.
   */
  orphans: Partial<Record<MirrorTable, number>>;
  /**
   * Assets and stacks that nothing shows, by table: no share, no album, and no
   * delete that is still to be decided on. They must not be there.
   */
  unreachable: Partial<Record<MirrorTable, number>>;
  /** Rows that are there more than once, by table: a sign of a broken file. */
  duplicates: Partial<Record<MirrorTable, number>>;
  /** Tables that hold more rows than events brought, with both numbers. */
  excess: Partial<Record<MirrorTable, { rows: number; events: number }>>;
}

function without(parent: MirrorTable, column: string): string {
  return `NOT EXISTS (SELECT 1 FROM ${parent} WHERE id = ${column})`;
}

const WITHOUT_ASSET = without("assets", "asset_id");
const IS_CANDIDATE = "EXISTS (SELECT 1 FROM mirror_candidates " +
  "WHERE kind IN ('asset', 'orphan') AND id = assets.id)";
const IS_OF_CANDIDATE =
  "owner_id IN (SELECT id FROM mirror_candidates WHERE kind = 'owner')";

/** Table → which of its rows are orphans. */
const ORPHANS: { readonly [T in MirrorTable]?: string } = {
  assets: `NOT ${SHOWN} AND (${IS_CANDIDATE} OR ${IS_OF_CANDIDATE})`,
  stacks: `NOT ${SHARED} AND ${IS_OF_CANDIDATE}`,
  exif: WITHOUT_ASSET,
  asset_edits: WITHOUT_ASSET,
  asset_metadata: WITHOUT_ASSET,
  asset_ocr: WITHOUT_ASSET,
  faces: WITHOUT_ASSET,
  album_users: without("albums", "album_id"),
  album_assets: `${without("albums", "album_id")} OR ${WITHOUT_ASSET}`,
  memory_assets: `${without("memories", "memory_id")} OR ${WITHOUT_ASSET}`,
};

/** Table → which of its rows must not be there. */
const UNREACHABLE: { readonly [T in MirrorTable]?: string } = {
  assets: `NOT ${SHOWN} AND NOT ${IS_CANDIDATE} AND NOT ${IS_OF_CANDIDATE}`,
  stacks: `NOT ${SHARED} AND NOT ${IS_OF_CANDIDATE}`,
};

/** Tells how a mirror is. */
export async function readStatus(
  database: MirrorDatabase,
): Promise<MirrorStatus> {
  const { schemaVersion, lastRunAt, lastFullAt, fullStartedAt } =
    await readState(database);
  const events: Record<string, number> = {};
  const sql = "SELECT type, events FROM mirror_events ORDER BY type";
  for (const row of await database.all(sql, [])) {
    events[String(row.type)] = Number(row.events);
  }
  const rows = await count(
    database,
    (table) => `SELECT count(*) FROM ${table}`,
  );
  return {
    schemaVersion,
    lastRunAt,
    lastFullAt,
    fullStartedAt,
    rows: rows as MirrorStatus["rows"],
    events,
  };
}

/** Looks for what is wrong inside a mirror. */
export async function check(database: MirrorDatabase): Promise<MirrorCheck> {
  const rowsThat = async (
    conditions: { readonly [T in MirrorTable]?: string },
  ) =>
    withoutZeros(
      await count(database, (table) => {
        const condition = conditions[table];
        return condition &&
          `SELECT count(*) FROM ${table} WHERE ${condition}`;
      }),
    );
  const orphans = await rowsThat(ORPHANS);
  const unreachable = await rowsThat(UNREACHABLE);
  const duplicates = withoutZeros(
    await count(database, (table) => {
      const key = TABLES[table].key.map(quoted).join(" || '/' || ");
      return `SELECT count(*) - count(DISTINCT ${key}) FROM ${table}`;
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
  // Until a full pass is over, rows are there that came before it.
  if (fullStartedAt !== null) return {};
  const brought = new Map<MirrorTable, number>();
  for (const [type, number] of Object.entries(events)) {
    for (const table of tablesOf(type)) {
      brought.set(table, (brought.get(table) ?? 0) + number);
    }
  }
  const excess: MirrorCheck["excess"] = {};
  for (const table of TABLE_NAMES) {
    const number = brought.get(table) ?? 0;
    if (rows[table] > number) {
      excess[table] = { rows: rows[table], events: number };
    }
  }
  return excess;
}

/** Asks one number of each table. */
async function count(
  database: MirrorDatabase,
  toQuery: (table: MirrorTable) => string | undefined,
): Promise<Partial<Record<MirrorTable, number>>> {
  const columns = TABLE_NAMES.flatMap((table) => {
    const query = toQuery(table);
    return query === undefined ? [] : [`(${query}) AS ${table}`];
  });
  const [row = {}] = await database.all(`SELECT ${columns.join(", ")}`, []);
  return row as Partial<Record<MirrorTable, number>>;
}

function withoutZeros(
  numbers: Partial<Record<MirrorTable, number>>,
): Partial<Record<MirrorTable, number>> {
  return Object.fromEntries(
    Object.entries(numbers).filter(([, number]) => number > 0),
  );
}
