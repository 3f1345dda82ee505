/** Random choices that can be reproduced from a seed. */

/** A source of random choices. */
export class Random {
  #state: number;

  /** Starts from a seed and the number of a case. */
  constructor(seed: number, number: number) {
    this.#state =
      (Math.imul(seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b)) |
      0;
  }

  /** Returns a number from 0 to 1, exclusive (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Returns an integer from 0 to `end`, exclusive; 0 if `end` is 0. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** Returns `true` with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Picks a random element. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}
