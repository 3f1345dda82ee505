/** Waiting for what happens, and for no time. */

/** Far longer than anything takes on any machine. */
const NEVER_MS = 120_000;

/** A promise that somebody else resolves: Node 20 has no `Promise.withResolvers`. */
export function later<T = void>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
} {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => resolve = done);
  return { promise, resolve };
}

/** Lets everything go on that needs no time. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Waits until something holds; fails where it never does. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const end = performance.now() + NEVER_MS;
  while (!await holds()) {
    if (performance.now() > end) {
      throw new Error(`It never came to this: ${what}`);
    }
    await turn();
  }
}
