/**
 * How a mirror is, for its users and for those who worry.
 *
 * @module
 */
import type { MirrorDatabase } from "./database.ts";
import { tableOf } from "./entities.ts";
import { REACH } from "./reach.ts";
import type { MirrorTable } from "./rows.ts";
import { type MirrorState, readState } from "./state.ts";
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

/** What is wrong with a mirror, if anything is. */
export interface MirrorCheck {
  /** Whether nothing is wrong. */
  ok: boolean;
  /** Rows that nothing leads to, by table; there are some while a run is under way. */
  orphans: Partial<Record<MirrorTable, number>>;
  /** Rows that are there more than once, by table: a sign of a broken file. */
  duplicates: Partial<Record<MirrorTable, number>>;
  /** Tables that hold more rows than events brought, with both numbers. */
  excess: Partial<Record<MirrorTable, { rows: number; events: number }>>;
}

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

/** Looks for what must not be. */
export async function check(database: MirrorDatabase): Promise<MirrorCheck> {
  const reach = new Map(REACH);
  const orphans = await count(database, (table) => {
    const holds = reach.get(table);
    return holds && `SELECT count(*) FROM ${table} WHERE NOT (${holds})`;
  });
  const duplicates = await count(database, (table) => {
    const key = TABLES[table].key.map(quoted).join(" || '/' || ");
    return `SELECT count(*) - count(DISTINCT ${key}) FROM ${table}`;
  });
  const excess = toExcess(await readStatus(database));
  const found = [withoutZeros(orphans), withoutZeros(duplicates), excess];
  return {
    ok: found.every((list) => Object.keys(list).length === 0),
    orphans: found[0] as MirrorCheck["orphans"],
    duplicates: found[1] as MirrorCheck["duplicates"],
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
    // An album up to 2.x brings its owner as well.
    for (
      const table of type === "AlbumV1"
        ? ["albums", "album_users"] as const
        : [tableOf(type)]
    ) {
      if (table === undefined) continue;
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
