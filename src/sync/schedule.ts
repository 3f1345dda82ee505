/**
 * Decides whether a full sync is due.
 *
 * @module
 */
import type { SyncOptions } from "./options.ts";

/** The `full` option. */
type Full = NonNullable<SyncOptions["full"]>;

/**
 * Returns whether a run must begin with a full sync.
 *
 * @param now The time, in milliseconds since 1970.
 */
export function isFullSyncDue(full: Full, now: number): boolean {
  if (typeof full !== "object") return full !== false;
  const lastFullAt = lastFullSyncAt(full);
  // A time in the future means that the clock has been set back.
  const isRecent = lastFullAt !== undefined && lastFullAt <= now &&
    now - lastFullAt < full.everyMs;
  return !isRecent;
}

/** Returns the time at which the last full sync started, if it is known. */
export function lastFullSyncAt(full: Full): number | undefined {
  return typeof full === "object" ? full.lastFullAt ?? undefined : undefined;
}
