/**
 * The statements that a mirror executes when a sync begins and when it ends.
 *
 * @module
 */
import { familyOf } from "../protocol/mod.ts";
import type { SyncStart } from "../sync/mod.ts";
import type { SqlStatement } from "./database.ts";
import { completeTables, entitiesOf } from "./entities.ts";
import { removeImplied } from "./implied_removals.ts";
import type { MirrorTable } from "./rows.ts";
import { type MirrorState, setState } from "./state.ts";
import { sweepTables } from "./sweep.ts";

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

/** The unversioned request types for the rows that partners share. */
const PARTNER_FAMILIES = ["PartnerAssets", "PartnerStacks"];

/** Returns the statements that begin a sync. */
export function beginSync(
  state: MirrorState,
  { full, startedAt, types, baseUrl, sessionKey }: BeginInit,
): { sync: OpenSync; statements: SqlStatement[] } {
  const asked = [...new Set(types.map(familyOf))];
  const askedFamilies = [...new Set([...state.askedFamilies, ...asked])];
  const tables = completeTables(asked, askedFamilies);
  const lastBatch = state.batchNumber;
  const statements: SqlStatement[] = [];
  if (state.baseUrl === null && baseUrl !== null) {
    statements.push(setState("base_url = ?", baseUrl));
  }
  if (askedFamilies.length > state.askedFamilies.length) {
    const families = JSON.stringify(askedFamilies);
    statements.push(setState("asked_families = ?", families));
  }
  if (full) {
    statements.push(
      setState(
        "full_from_batch = ?, full_started_at = ?, full_tables = ?, " +
          "session_key = coalesce(?, session_key), partners_skipped = 0",
        lastBatch + 1,
        startedAt,
        JSON.stringify(tables),
        sessionKey,
      ),
      resetCounts(askedFamilies.filter((family) => !asked.includes(family))),
    );
    if (!haveSameItems(tables, state.fullTables)) {
      statements.push(setState(FORGET_EARLIER_FULL));
    }
  } else if (state.fullTables.some((table) => !tables.includes(table))) {
    // Tables that are not requested by this run stay incomplete, so they must
    // not be swept.
    const left = state.fullTables.filter((table) => tables.includes(table));
    statements.push(setState("full_tables = ?", JSON.stringify(left)));
  }
  const skipsPartners = !asked.includes("Partners") &&
    asked.some((family) => PARTNER_FAMILIES.includes(family));
  if (skipsPartners) statements.push(setState("partners_skipped = 1"));
  const fromBatch = lastBatch + 1;
  const sync = { lastBatch, asked, startedFull: full, fromBatch, tables };
  return { sync, statements };
}

const FORGET_EARLIER_FULL =
  "earlier_full_from_batch = NULL, earlier_full_started_at = NULL";

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

/** How a sync ended. */
export interface EndInit {
  /** Whether the last stream contained nothing new. */
  quiet: boolean;
  /** Whether the last stream was a snapshot of the library. */
  isSnapshot: boolean;
  /** Whether any rows are candidates for removal. */
  hasCandidates: boolean;
  /** When the sync ends, in milliseconds since 1970. */
  endedAt: number;
}

/** Returns the statements that end a sync. */
export function endSync(
  state: MirrorState,
  { asked, startedFull, fromBatch, tables }: OpenSync,
  { quiet, isSnapshot, hasCandidates, endedAt }: EndInit,
): SqlStatement[] {
  const { askedFamilies, partnersSkipped } = state;
  const statements = [
    ...(isSnapshot ? sweepTables(tables, fromBatch) : []),
    ...endFullSync(state, quiet || !startedFull),
  ];
  const isUpToDate = (family: string) =>
    asked.includes(family) || !askedFamilies.includes(family);
  // Unless album contents are synced, it is unknown which assets are in albums.
  const hasAlbums = asked.includes("AlbumToAssets") ||
    !askedFamilies.includes("AlbumAssets");
  if (hasCandidates && hasAlbums) {
    // Rows may belong to a new share if they arrived in a sync that did not
    // request partners.
    const hasShares = !partnersSkipped &&
      ["Partners", ...PARTNER_FAMILIES].every(isUpToDate);
    statements.push(...removeImplied(hasShares));
  }
  const next = "last_run_at = ?, last_sync_batch = batch_number";
  return [...statements, setState(next, endedAt)];
}

/**
 * Ends the current full sync, if any. If a full sync had no quiet stream, a row
 * that kept changing may be missing, so the sync stays open until the next run.
 * If that run is another full sync without a quiet stream, rows missing from
 * both full syncs are removed.
 */
function endFullSync(
  { fullFromBatch, fullTables, earlierFullFromBatch }: MirrorState,
  canEnd: boolean,
): SqlStatement[] {
  if (fullFromBatch === null) return [];
  if (canEnd) {
    return [
      ...sweepTables(fullTables, fullFromBatch),
      setState(
        "last_full_at = full_started_at, full_started_at = NULL, " +
          `full_from_batch = NULL, full_tables = '[]', ${FORGET_EARLIER_FULL}`,
      ),
    ];
  }
  return [
    ...(earlierFullFromBatch === null
      ? []
      : sweepTables(fullTables, earlierFullFromBatch)),
    setState(
      "last_full_at = coalesce(earlier_full_started_at, last_full_at), " +
        "earlier_full_from_batch = full_from_batch, " +
        "earlier_full_started_at = full_started_at",
    ),
  ];
}
