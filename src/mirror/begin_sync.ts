/**
 * The statements that a mirror executes when a sync begins.
 *
 * @module
 */
import { familyOf } from "../protocol/mod.ts";
import type { SyncStart } from "../sync/mod.ts";
import type { SqlStatement } from "./database.ts";
import { completeTables, entitiesOf, PARTNER_FAMILIES } from "./entities.ts";
import type { MirrorTable } from "./rows.ts";
import { FORGET_EARLIER_FULL, type MirrorState, setState } from "./state.ts";

/** A sync in progress. */
export interface OpenSync {
  /** The number of the last stored batch. */
  lastBatch: number;
  /** The unversioned request types of the sync. */
  asked: readonly string[];
  /** Whether a full sync started in this run. */
  startedFull: boolean;
  /** The number of the first batch. */
  fromBatch: number;
  /** The tables that a stream fills completely if it starts from the beginning. */
  tables: readonly MirrorTable[];
}

/** The value before the first sync. */
export const NO_SYNC: Readonly<OpenSync> = {
  lastBatch: 0,
  asked: [],
  startedFull: false,
  fromBatch: 1,
  tables: [],
};

/** How a sync begins. */
export interface BeginInit extends SyncStart {
  /** The address of the session's server, if known. */
  baseUrl: string | null;
  /**
   * Identifies the session whose checkpoints match the mirror from now on;
   * `null` keeps the previous session.
   */
  sessionKey: string | null;
}

/** Returns the statements that begin a sync. */
export function beginSync(
  state: MirrorState,
  init: BeginInit,
): { sync: OpenSync; statements: SqlStatement[] } {
  const { full, types, baseUrl } = init;
  const { batchNumber: lastBatch, askedFamilies: askedBefore } = state;
  const asked = [...new Set(types.map(familyOf))];
  const others = askedBefore.filter((family) => !asked.includes(family));
  const askedFamilies = [...new Set([...askedBefore, ...asked])];
  const tables = completeTables(asked, askedFamilies);
  const fromBatch = lastBatch + 1;
  const sync = { lastBatch, asked, startedFull: full, fromBatch, tables };

  const statements: SqlStatement[] = [];
  if (state.baseUrl === null && baseUrl !== null) {
    statements.push(setState("base_url = ?", baseUrl));
  }
  if (askedFamilies.length > askedBefore.length) {
    const families = JSON.stringify(askedFamilies);
    statements.push(setState("asked_families = ?", families));
  }
  statements.push(
    ...full
      ? beginFullSync(state, init, sync, others)
      : narrowFullSync(state, tables),
  );
  const skipsPartners = !asked.includes("Partners") &&
    asked.some((family) => PARTNER_FAMILIES.includes(family));
  if (skipsPartners) statements.push(setState("partners_skipped = 1"));
  return { sync, statements };
}

/** Begins a full sync, which replaces a full sync that has not ended. */
function beginFullSync(
  { fullTables }: MirrorState,
  { startedAt, sessionKey }: BeginInit,
  { fromBatch, tables }: OpenSync,
  others: readonly string[],
): SqlStatement[] {
  const statements = [
    setState(
      "full_from_batch = ?, full_started_at = ?, full_tables = ?, " +
        "session_key = coalesce(?, session_key), partners_skipped = 0",
      fromBatch,
      startedAt,
      JSON.stringify(tables),
      sessionKey,
    ),
    resetCounts(others),
  ];
  if (!haveSameItems(tables, fullTables)) {
    statements.push(setState(FORGET_EARLIER_FULL));
  }
  return statements;
}

/**
 * Removes the tables that a sync does not request completely from a full sync that
 * has not ended. These tables stay incomplete, so they must not be swept.
 */
function narrowFullSync(
  { fullTables }: MirrorState,
  tables: readonly MirrorTable[],
): SqlStatement[] {
  const left = fullTables.filter((table) => tables.includes(table));
  if (left.length === fullTables.length) return [];
  return [setState("full_tables = ?", JSON.stringify(left))];
}

function haveSameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item));
}

/**
 * Resets the event counts, except the counts for request types that are not
 * part of this sync.
 */
function resetCounts(others: readonly string[]): SqlStatement {
  return {
    sql: "DELETE FROM {mirror_events} WHERE type NOT IN " +
      "(SELECT value FROM json_each(?))",
    params: [JSON.stringify(others.flatMap(entitiesOf))],
  };
}
