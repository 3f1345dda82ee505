/**
 * The stored state of a mirror: schema version, syncs and lease.
 *
 * @module
 */
import type { SyncEntityType } from "../protocol/mod.ts";
import type { SyncBatch } from "../sync/mod.ts";
import type { MirrorDatabase, SqlStatement, SqlValue } from "./database.ts";
import type { MirrorTable } from "./rows.ts";

/** The stored state of a mirror. Times are in milliseconds since 1970. */
export interface MirrorState {
  /** The version of the schema. */
  schemaVersion: number;
  /** The id of the user whose library is mirrored. */
  userId: string;
  /** The address of the server; `null` before the first sync. */
  baseUrl: string | null;
  /** Identifies the session whose checkpoints match the mirror; not a secret. */
  sessionKey: string | null;
  /** The number of the last stored batch. */
  batchNumber: number;
  /** The number of the first batch of the current full sync; `null` if none is in progress. */
  fullFromBatch: number | null;
  /** The tables that are fetched completely by the current full sync. */
  fullTables: MirrorTable[];
  /** When the current full sync started. */
  fullStartedAt: number | null;
  /**
   * The number of the first batch of the previous full sync, if that sync completed
   * without a quiet stream.
   */
  earlierFullFromBatch: number | null;
  /** When the last completed full sync started. */
  lastFullAt: number | null;
  /** When the last sync ended. */
  lastRunAt: number | null;
  /** The unversioned request types of all syncs so far. */
  askedFamilies: string[];
  /**
   * Whether any sync since the last full sync requested partners' rows but not
   * the partners themselves.
   */
  partnersSkipped: boolean;
  /** The checkpoints to delete, so that the server sends their rows again. */
  staleTypes: SyncEntityType[];
  /** The id of the run that holds the lease. */
  leaseHolder: string | null;
  /** When the lease expires. */
  leaseUntil: number | null;
}

/** How much of a batch could not be stored. */
export interface Skipped {
  /** The number of events that cannot be converted to rows. */
  skippedRows: number;
  /** The number of values that are stored as NULL because the database cannot hold them. */
  skippedValues: number;
}

/** Reads the stored state of a mirror. */
export async function readState(
  database: MirrorDatabase,
): Promise<MirrorState> {
  const [row = {}] = await database.all(
    "SELECT * FROM {mirror_state} LIMIT 1",
    [],
  );
  const number = (name: string) => row[name] as number | null;
  const text = (name: string) => row[name] as string | null;
  return {
    schemaVersion: number("schema_version") ?? 0,
    userId: text("user_id") ?? "",
    baseUrl: text("base_url"),
    sessionKey: text("session_key"),
    batchNumber: number("batch_number") ?? 0,
    fullFromBatch: number("full_from_batch"),
    fullTables: JSON.parse(text("full_tables") ?? "[]"),
    fullStartedAt: number("full_started_at"),
    earlierFullFromBatch: number("earlier_full_from_batch"),
    lastFullAt: number("last_full_at"),
    lastRunAt: number("last_run_at"),
    askedFamilies: JSON.parse(text("asked_families") ?? "[]"),
    partnersSkipped: number("partners_skipped") === 1,
    staleTypes: JSON.parse(text("stale_types") ?? "[]"),
    leaseHolder: text("lease_holder"),
    leaseUntil: number("lease_until"),
  };
}

/** Returns the statement that changes the stored state. */
export function setState(
  changes: string,
  ...params: SqlValue[]
): SqlStatement {
  return { sql: `UPDATE {mirror_state} SET ${changes}`, params };
}

/** The changes that forget a full sync that completed without a quiet stream. */
export const FORGET_EARLIER_FULL =
  "earlier_full_from_batch = NULL, earlier_full_started_at = NULL";

const IS_REPEATED = "ack = excluded.ack AND ack <> ''";

/** Adds to a count of skipped rows or values, unless the batch is repeated. */
function addSkipped(column: string): string {
  return `${column} = CASE WHEN ${IS_REPEATED}
    THEN max(${column}, excluded.${column})
    ELSE ${column} + excluded.${column} END`;
}

/**
 * Counts a batch. A repeated batch has the same ack as the stored batch and is not
 * counted again, except for additional rows that were committed late.
 */
const COUNT_EVENTS = `INSERT INTO {mirror_events}
    (type, events, ack, batch, skipped_rows, skipped_values)
  VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    events = events + excluded.batch - CASE WHEN ${IS_REPEATED}
      THEN min(batch, excluded.batch) ELSE 0 END,
    ${addSkipped("skipped_rows")}, ${addSkipped("skipped_values")},
    ack = excluded.ack, batch = excluded.batch`;

/**
 * Returns the statement that counts a batch's events, skipped rows and skipped
 * values.
 */
export function countEvents(
  { type, events }: SyncBatch,
  ack: string,
  { skippedRows, skippedValues }: Skipped,
): SqlStatement {
  const count = events.length;
  const params = [type, count, ack, count, skippedRows, skippedValues];
  return { sql: COUNT_EVENTS, params };
}
