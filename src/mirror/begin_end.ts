/**
 * What a mirror writes when a sync begins and when it ends.
 *
 * @module
 */
import type { SyncRequestType } from "../protocol/mod.ts";
import type { SqlStatement } from "./database.ts";
import { completeTables, entitiesOf, familyOf } from "./entities.ts";
import { type MirrorState, setState, toSql } from "./state.ts";
import { removeImplied, removeUnbrought } from "./sweep.ts";

/** A sync that is under way. */
export interface OpenSync {
  /** Number of the last batch that was stored. */
  lastBatch: number;
  /** The request types that it asks for, without their versions. */
  asked: readonly string[];
  /** Whether it is a full sync that began in this run. */
  beganFull: boolean;
}

/** A sync that begins. */
export interface SyncStart {
  /** Whether everything comes. */
  isFull: boolean;
  /** When it begins, in milliseconds since 1970. */
  startedAt: number;
  /** What it asks for. */
  types: readonly SyncRequestType[];
  /** What identifies the session whose checkpoints fit from now on; `null` for any. */
  sessionKey: string | null;
}

/** Request types, without version, that bring what a partner shares. */
const OF_PARTNERS = ["PartnerAssets", "PartnerStacks"];

/** Begins a sync. */
export function beginSync(
  state: MirrorState,
  { isFull, startedAt, types, sessionKey }: SyncStart,
): { sync: OpenSync; statements: SqlStatement[] } {
  const asked = [...new Set(types.map(familyOf))];
  const askedFamilies = [...new Set([...state.askedFamilies, ...asked])];
  const tables = completeTables(asked, askedFamilies);
  const lastBatch = state.batchNumber;
  const statements: SqlStatement[] = [];
  if (askedFamilies.length > state.askedFamilies.length) {
    const families = JSON.stringify(askedFamilies);
    statements.push(setState("asked_families = ?", families));
  }
  if (isFull) {
    statements.push(
      setState(
        "full_from_batch = ?, full_started_at = ?, full_tables = ?, " +
          "session_key = coalesce(?, session_key), partners_skipped = 0",
        ...[lastBatch + 1, startedAt, JSON.stringify(tables), sessionKey],
      ),
      countAgain(askedFamilies.filter((family) => !asked.includes(family))),
    );
    if (!haveSameItems(tables, state.fullTables)) {
      statements.push(setState(FORGET_EARLIER_FULL));
    }
  } else if (state.fullTables.some((table) => !tables.includes(table))) {
    // What this run does not ask for stays incomplete.
    const left = state.fullTables.filter((table) => tables.includes(table));
    statements.push(setState("full_tables = ?", JSON.stringify(left)));
  }
  const skipsPartners = !asked.includes("Partners") &&
    asked.some((family) => OF_PARTNERS.includes(family));
  if (skipsPartners) statements.push(setState("partners_skipped = 1"));
  return { sync: { lastBatch, asked, beganFull: isFull }, statements };
}

const FORGET_EARLIER_FULL =
  "earlier_full_from_batch = NULL, earlier_full_started_at = NULL";

function haveSameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item));
}

/** Starts to count events again, but for those of other families. */
function countAgain(others: readonly string[]): SqlStatement {
  return {
    sql: "DELETE FROM mirror_events WHERE type NOT IN " +
      "(SELECT value FROM json_each(?))",
    params: [JSON.stringify(others.flatMap(entitiesOf))],
  };
}

/** How a sync ended. */
export interface EndInit {
  /** Whether its last stream brought nothing new. */
  quiet: boolean;
  /** Whether a delete has put rows in question. */
  hasCandidates: boolean;
  /** When it ends, in milliseconds since 1970. */
  endedAt: number;
}

/** Ends a sync. */
export function endSync(
  state: MirrorState,
  { asked, beganFull }: OpenSync,
  { quiet, hasCandidates, endedAt }: EndInit,
): SqlStatement[] {
  const { askedFamilies, partnersSkipped, userId } = state;
  const statements = endFullSync(state, quiet || !beganFull);
  const knows = (family: string) =>
    asked.includes(family) || !askedFamilies.includes(family);
  // Without the contents of albums, nothing tells which assets they show.
  const knowsAlbums = asked.includes("AlbumToAssets") ||
    !askedFamilies.includes("AlbumAssets");
  if (hasCandidates && knowsAlbums) {
    // Rows that came while nobody asked for partners may be those of a new share.
    const knowsShares = !partnersSkipped &&
      ["Partners", ...OF_PARTNERS].every(knows);
    statements.push(...removeImplied(toSql(userId), knowsShares));
  }
  const next = "last_run_at = ?, last_sync_batch = batch_number";
  return [...statements, setState(next, endedAt)];
}

/**
 * Ends a full sync, if there is one. If the library never rested, a row may not
 * have come: then the next run ends it. If that is a full sync of a library that
 * did not rest either, what neither of the two has brought is gone.
 */
function endFullSync(
  { fullFromBatch, fullTables, earlierFullFromBatch }: MirrorState,
  isOver: boolean,
): SqlStatement[] {
  if (fullFromBatch === null) return [];
  if (isOver) {
    return [
      ...removeUnbrought(fullTables, fullFromBatch),
      setState(
        "last_full_at = full_started_at, full_started_at = NULL, " +
          `full_from_batch = NULL, full_tables = '[]', ${FORGET_EARLIER_FULL}`,
      ),
    ];
  }
  return [
    ...(earlierFullFromBatch === null
      ? []
      : removeUnbrought(fullTables, earlierFullFromBatch)),
    setState(
      "last_full_at = coalesce(earlier_full_started_at, last_full_at), " +
        "earlier_full_from_batch = full_from_batch, " +
        "earlier_full_started_at = full_started_at",
    ),
  ];
}
