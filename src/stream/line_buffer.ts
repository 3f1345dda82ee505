/**
 * Joins the parts of a line.
 *
 * @module
 */

/** The parts of a line that have arrived so far. */
export class LineBuffer {
  /** The bytes, followed by spare capacity. */
  #buffer = new Uint8Array();
  /** The number of bytes. */
  length = 0;

  /** The bytes; valid until the next call. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.length);
  }

  /** Appends a part, in amortized linear time. */
  append(part: Uint8Array): void {
    const length = this.length + part.length;
    if (length > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#buffer.length));
      grown.set(this.bytes);
      this.#buffer = grown;
    }
    this.#buffer.set(part, this.length);
    this.length = length;
  }

  /** Returns the bytes, and empties the buffer. */
  take(): Uint8Array {
    const { bytes } = this;
    this.#buffer = new Uint8Array();
    this.length = 0;
    return bytes;
  }
}
