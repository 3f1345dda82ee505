/**
 * The status of a mirror.
 *
 * @module
 */
import type { MirrorDatabase } from "./database.ts";
import type { MirrorTable } from "./rows.ts";
import { type MirrorState, readState } from "./state.ts";
import { TABLE_NAMES } from "./tables.ts";

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
  return await countByTable(database, toQuery) as MirrorStatus["rows"];
}

/** Runs a query that returns a number for each table. */
export async function countByTable(
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

/** Leaves out the numbers that are 0. */
export function withoutZeros<Numbers extends Partial<Record<string, number>>>(
  numbers: Numbers,
): Numbers {
  return Object.fromEntries(
    Object.entries(numbers).filter(([, number]) => number !== 0),
  ) as Numbers;
}
