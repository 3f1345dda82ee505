/**
 * Durations and waits, in milliseconds.
 *
 * @module
 */
export const SECOND_MS = 1000;
export const MINUTE_MS: number = 60 * SECOND_MS;
export const HOUR_MS: number = 60 * MINUTE_MS;
export const DAY_MS: number = 24 * HOUR_MS;

/** Returns the wait after consecutive failures, from a minute up to an hour. */
export function backoffMs(failures: number): number {
  return Math.min(MINUTE_MS * 2 ** (failures - 1), HOUR_MS);
}

/**
 * Returns a stored time if it is still to come, or else the current time. A
 * time too far ahead is ignored, because the clock must have been set back.
 */
export function dueAt(time: number, longestMs: number): number {
  const now = Date.now();
  return time > now && time <= now + longestMs ? time : now;
}
