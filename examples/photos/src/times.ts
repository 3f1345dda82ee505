/**
 * Durations, in milliseconds.
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
