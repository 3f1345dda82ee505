/**
 * The clock, random numbers and timers, which can be replaced in tests.
 *
 * @module
 */

/**
 * The longest delay that `setTimeout` supports, in milliseconds; a timer with a
 * longer delay fires at once.
 */
export const MAX_DELAY_MS: number = 2 ** 31 - 1;

/** The parts of the runtime that are used by the library, excluding the network. */
export interface Env {
  /** Returns the time, in milliseconds since 1970. */
  now(): number;
  /** Returns a random number from 0 to 1. */
  random(): number;
  /** Waits. Rejects with the signal's reason if the signal is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The clock, random numbers and timers of the runtime. */
export const SYSTEM: Env = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep,
};

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, Math.min(ms, MAX_DELAY_MS));
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
