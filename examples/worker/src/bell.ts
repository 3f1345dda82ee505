/**
 * Tells those who wait that something has changed.
 *
 * @module
 */

/** Rings for whoever listens at that moment. */
export class Bell {
  #listeners: (() => void)[] = [];

  /** Resolves when it rings. */
  heard(): Promise<void> {
    return new Promise((resolve) => this.#listeners.push(resolve));
  }

  /** Rings. */
  ring(): void {
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const hear of listeners) hear();
  }
}
