/**
 * Wakes everything that waits for a change.
 *
 * @module
 */

/** Resolves the promises of its waiters. */
export class Notifier {
  #waiters: (() => void)[] = [];

  /** Resolves at the next notification. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Wakes all waiters. */
  notify(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}
