/**
 * A set of keys, compact enough for the keys of all rows in a library.
 *
 * @module
 */

/**
 * The initial number of slots. Each slot takes two elements, the first at an
 * even index.
 */
const FIRST_SLOTS = 1024;

/**
 * A set of strings that stores only a 64-bit hash of each string. The set takes
 * 11 to 22 bytes per string, and half as much again while it grows. The
 * probability that any two of a hundred million strings have the same hash is
 * 0.03%.
 */
export class KeySet {
  #slots = new Uint32Array(2 * FIRST_SLOTS);
  #size = 0;

  /** The number of strings. */
  get size(): number {
    return this.#size;
  }

  /** Adds a string. */
  add(key: string): void {
    const [high, low] = hash(key);
    const slot = find(this.#slots, high, low);
    if (this.#slots[slot] !== 0) return;
    this.#slots[slot] = high;
    this.#slots[slot + 1] = low;
    this.#size++;
    if (this.#size > this.#slots.length * 3 / 8) this.#grow();
  }

  /** Returns whether a string has been added. */
  has(key: string): boolean {
    const [high, low] = hash(key);
    return this.#slots[find(this.#slots, high, low)] !== 0;
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Uint32Array(2 * old.length);
    for (let i = 0; i < old.length; i += 2) {
      const high = old[i]!;
      const low = old[i + 1]!;
      if (high === 0) continue;
      const slot = find(slots, high, low);
      slots[slot] = high;
      slots[slot + 1] = low;
    }
    this.#slots = slots;
  }
}

/**
 * Returns the index of the slot that contains a hash or, if there is none, of the
 * empty slot where the hash belongs.
 */
function find(slots: Uint32Array, high: number, low: number): number {
  const mask = slots.length - 2;
  let slot = (2 * low) & mask;
  while (
    slots[slot] !== 0 && (slots[slot] !== high || slots[slot + 1] !== low)
  ) slot = (slot + 2) & mask;
  return slot;
}

/** Hashes a string with two multiplicative hashes that are mixed at the end. */
function hash(key: string): [high: number, low: number] {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    a = Math.imul(a ^ unit, 0xcc9e2d51);
    b = Math.imul(b ^ unit, 0x1b873593);
    b ^= b >>> 15;
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 13), 0xc2b2ae35) ^ Math.imul(a, 0x27d4eb2f);
  // Zero marks an empty slot.
  return [((a ^ (a >>> 16)) >>> 0) || 1, (b ^ (b >>> 15)) >>> 0];
}
