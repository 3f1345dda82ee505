/** Waits for events rather than for fixed delays. */

/** Far longer than any event takes, even on a slow machine. */
const NEVER_MS = 120_000;

/** Replaces `Promise.withResolvers`, which Node 20 lacks. */
export function later<T = void>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
} {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => resolve = done);
  return { promise, resolve };
}

/** Waits for one turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Waits for a promise. Fails if it takes too long. */
export async function inTime<T>(
  promise: Promise<T>,
  ms: number,
  error: Error,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(error), ms);
  });
  return await Promise.race([promise, late])
    .finally(() => clearTimeout(timer));
}

/** Waits until a condition holds. Fails if it takes too long. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const end = performance.now() + NEVER_MS;
  while (!await holds()) {
    if (performance.now() > end) {
      throw new Error(`Waited in vain until ${what}`);
    }
    await turn();
  }
}
