/**
 * Where lines begin, without a number per line.
 *
 * @module
 */

/** Code of the character that ends a line. */
export const LF = 0x0a;

/** Whole lines that were counted together. */
interface Block {
  bytes: Uint8Array;
  byteOffset: number;
  firstLine: number;
  lineCount: number;
}

/**
 * Knows where the lines began that are not consumed yet. It keeps their bytes
 * and looks only when it is asked, which is when a line is bad.
 */
export class LineIndex {
  /** Lines that were added. */
  lines = 0;
  /** Bytes that were added. */
  bytes = 0;
  /** Lines that nobody will ask for any more. */
  consumed = 0;
  #blocks: Block[] = [];

  /** How many blocks are kept. */
  get size(): number {
    return this.#blocks.length;
  }

  /** Adds whole lines; of a line that was dropped, `byteLength` is all that is left. */
  add(
    bytes: Uint8Array,
    lineCount: number,
    byteLength: number = bytes.length,
  ): void {
    const firstLine = this.lines + 1;
    this.#blocks = this.#blocks.filter(({ firstLine, lineCount }) =>
      firstLine + lineCount - 1 > this.consumed
    );
    this.#blocks.push({ bytes, byteOffset: this.bytes, firstLine, lineCount });
    this.lines += lineCount;
    this.bytes += byteLength;
  }

  /** Offset in bytes of a line that is not consumed, or of the next to come. */
  byteOffsetOf(line: number): number {
    const block = this.#blocks.find(({ firstLine, lineCount }) =>
      line < firstLine + lineCount
    );
    if (block === undefined) return this.bytes;
    let start = 0;
    for (let i = block.firstLine; i < line; i++) {
      start = block.bytes.indexOf(LF, start) + 1;
    }
    return block.byteOffset + start;
  }
}
