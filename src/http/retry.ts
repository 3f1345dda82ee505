/**
 * Calculates the wait before a retry.
 *
 * @module
 */

/**
 * Parses a `Retry-After` header: seconds, or a date (RFC 9110, 10.2.3).
 *
 * @returns The wait in milliseconds, or `undefined` if the header is missing or not
 * valid.
 */
export function parseRetryAfter(
  value: string | null,
  now: number = Date.now(),
): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // HTTP dates contain letters. Without this check, `Date.parse` would read
  // "-1" as a year.
  const date = /[a-z]/i.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Options for {@linkcode backoffDelay}. */
export interface BackoffOptions {
  /** The maximum wait after the first failure, in milliseconds; doubles with each further failure. */
  baseMs: number;
  /** The maximum wait after any failure, in milliseconds. */
  maxMs: number;
  /** Returns a random number from 0 to 1. */
  random: () => number;
}

/**
 * Calculates the wait after a number of consecutive failures: exponential
 * backoff with full jitter, so that clients that failed at the same time do not
 * all retry at the same time. The wait is never shorter than `retryAfterMs`.
 *
 * @returns The wait in milliseconds.
 */
export function backoffDelay(
  failures: number,
  retryAfterMs: number | undefined,
  { baseMs, maxMs, random }: BackoffOptions,
): number {
  const longest = Math.min(maxMs, baseMs * 2 ** (failures - 1));
  return Math.max(random() * longest, retryAfterMs ?? 0);
}
