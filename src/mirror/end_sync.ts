/**
 * The statements that a mirror executes when a sync ends.
 *
 * @module
 */
import type { OpenSync } from "./begin_sync.ts";
import type { SqlStatement } from "./database.ts";
import { PARTNER_FAMILIES } from "./entities.ts";
import { removeImplied } from "./implied_removals.ts";
import { FORGET_EARLIER_FULL, type MirrorState, setState } from "./state.ts";
import { sweepTables } from "./sweep.ts";

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
