/**
 * When to try again.
 *
 * @module
 */

/**
 * Reads a `Retry-After` header: seconds, or a date (RFC 9110, 10.2.3).
 *
 * @returns The wait in milliseconds, or `undefined` where the header is absent or no such thing.
 */
export function parseRetryAfter(
  value: string | null,
  now: number = Date.now(),
): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Dates in this header hold letters; without them, `Date.parse` reads "-1" as a year.
  const date = /[a-z]/i.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** How long to wait between attempts. */
export interface BackoffOptions {
  /** Longest wait after the first failure, in milliseconds; doubles with each further one. */
  baseMs: number;
  /** Longest wait after any failure, in milliseconds. */
  maxMs: number;
  /** A random number from 0 to 1. */
  random: () => number;
}

/**
 * How long to wait after so many failures in a row: a random part of a time that
 * doubles ("full jitter"), so that clients that failed together do not come
 * back together; but never less than the server asked for.
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

/** Longest wait of `setTimeout`, in milliseconds; what is longer would not wait at all. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Waits, unless the signal is aborted first.
 *
 * @throws The signal's own reason.
 */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, Math.min(ms, MAX_TIMEOUT_MS));
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
