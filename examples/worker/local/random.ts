/**
 * Chance that turns out the same each time.
 *
 * @module
 */

/** A source of chance. */
export class Random {
  #state: number;

  /** Begins anew; the same seed gives the same numbers. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from one up to another, both included. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** One of several. */
  pick<T>(values: readonly T[]): T {
    const found = values[Math.floor(this.next() * values.length)];
    if (found === undefined) {
      throw new RangeError("Cannot pick: there must be a value");
    }
    return found;
  }

  /** Whether something happens that does so with a probability. */
  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** Bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.integer(0, 255));
  }

  /** A UUID of version 4. */
  uuid(): string {
    const hex = this.bytes(16).toHex();
    const variant = this.pick(["8", "9", "a", "b"]);
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `${variant}${hex.slice(17, 20)}`,
      hex.slice(20),
    ].join("-");
  }
}
