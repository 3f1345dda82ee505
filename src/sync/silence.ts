/**
 * Detects that a server sends nothing for a while.
 *
 * @module
 */

/**
 * How long a batch may take before everything that has arrived is stored, in
 * milliseconds.
 */
const LONG_MS = 1000;

/**
 * Returns whether a promise stays pending for a second. Waits twice for half the time:
 * if the event loop was blocked, an overdue timer can fire first, although the promise
 * is about to settle.
 */
export async function takesLong(promise: Promise<unknown>): Promise<boolean> {
  const settled = promise.then(() => false, () => false);
  return await isPendingFor(LONG_MS / 2, settled) &&
    await isPendingFor(LONG_MS / 2, settled);
}

async function isPendingFor(
  ms: number,
  settled: Promise<boolean>,
): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, true);
  });
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}
