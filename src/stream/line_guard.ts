/**
 * Lets whole lines of valid UTF-8 through, and nothing else.
 *
 * @module
 */
import { ProtocolError, TruncatedStreamError } from "../errors/mod.ts";

/** Code of the character that ends a line. */
const LF = 0x0a;

/**
 * Bytes to decode at once. A text as long as a chunk from a socket lives so long
 * that V8 makes room for more of its kind: 35 MB more, for no speed (Deno 2.9).
 */
const PIECE_BYTES = 16 * 1024;

/** What a {@linkcode LineGuard} needs to know. */
export interface LineGuardOptions {
  /** What the caller wants, for messages: "read the sync stream". */
  action: string;
  /**
   * Longest line, in bytes without its end.
   * @default {16777216}
   */
  maxLineBytes?: number | undefined;
  /** Called for each bad line, which is then skipped; without it, a bad line throws. */
  onBadLine?: ((error: ProtocolError) => void) | undefined;
}

/** Whole lines that pass together. */
export interface Lines {
  /** The lines, each with its end. */
  text: string;
  /** Number of the first one, from 1. */
  first: number;
  /** Number of the last one. */
  last: number;
}

/** Where lines are that pass together. */
interface Passing {
  bytes: Uint8Array;
  byteOffset: number;
  first: number;
}

/**
 * Turns bytes into whole lines, bounds their length, and knows the number and
 * the byte offset of each line that passes. `TextDecoderStream` would fail at a
 * bad line before the lines ahead of it are read, hence the decoder in here.
 */
export class LineGuard {
  /** Whole lines so far. */
  lines = 0;
  /** Bytes so far. */
  bytes = 0;

  readonly #options: LineGuardOptions;
  readonly #maxLineBytes: number;
  // Keeps a byte order mark: it is one only at the start of the body.
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The lines that pass now, to find where one of them begins. */
  #passing: Passing | undefined;
  /** Byte offset of the line after those that have passed. */
  #byteOffset = 0;
  /** The start of a line whose end has not arrived, and room to grow. */
  #rest = new Uint8Array();
  #restLength = 0;
  /** Bytes of a skipped line whose end has not arrived. */
  #skippedBytes = 0;

  /**
   * Makes a guard for one body.
   *
   * @throws {RangeError} If the longest line is not a positive integer.
   */
  constructor(options: LineGuardOptions) {
    const { action, maxLineBytes = 16 * 1024 * 1024 } = options;
    if (!(Number.isSafeInteger(maxLineBytes) && maxLineBytes > 0)) {
      throw new RangeError(
        `Cannot ${action}: maxLineBytes is ${maxLineBytes}, it must be a positive integer`,
      );
    }
    this.#options = options;
    this.#maxLineBytes = maxLineBytes;
  }

  /** Whether the bytes so far end in the middle of a line. */
  get isInLine(): boolean {
    return this.#restLength > 0 || this.#skippedBytes > 0;
  }

  /** The unfinished line, or `undefined` if it is not valid UTF-8 or was skipped. */
  get rest(): string | undefined {
    const rest = this.#rest.subarray(0, this.#restLength);
    if (this.#skippedBytes > 0 || !isUtf8(rest)) return undefined;
    return this.#decode(rest);
  }

  /**
   * Takes a chunk of the body, and gives the lines that are whole now. Only the
   * line that began in an earlier chunk is copied.
   *
   * @throws {ProtocolError} At a bad line, after the lines before it.
   */
  *accept(chunk: Uint8Array): Generator<Lines> {
    this.bytes += chunk.length;
    const end = chunk.lastIndexOf(LF) + 1;
    let start = 0;
    if (end > 0 && this.isInLine) {
      start = chunk.indexOf(LF) + 1;
      yield* this.#finishLine(chunk.subarray(0, start));
    }
    while (start < end) {
      const lines = firstLines(chunk.subarray(start, end));
      start += lines.length;
      yield* this.#pass(lines);
    }
    if (end < chunk.length) this.#beginLine(chunk.subarray(end));
  }

  /**
   * Reports a bad line: one that passes now, or the next one.
   *
   * @throws {ProtocolError} Unless bad lines are skipped.
   */
  reject(problem: string, line: number = this.lines + 1): void {
    const { action, onBadLine } = this.#options;
    const byteOffset = this.#byteOffsetOf(line);
    const error = new ProtocolError(
      `Cannot ${action}: line ${line} at byte ${byteOffset} ${problem}`,
      { line, byteOffset },
    );
    if (onBadLine === undefined) throw error;
    onBadLine(error);
  }

  /** The error for a body that ended too early: where, unless in the middle of a line. */
  truncated(where: string): TruncatedStreamError {
    const { lines, bytes, isInLine } = this;
    const place = isInLine ? `in the middle of line ${lines + 1}` : where;
    return new TruncatedStreamError(
      `Cannot ${this.#options.action}: it ended ${place}`,
      { lines, bytes },
    );
  }

  /** Takes the start of a line, or more of it. */
  #beginLine(part: Uint8Array): void {
    if (this.#skippedBytes > 0) {
      this.#skippedBytes += part.length;
      return;
    }
    this.#keep(part);
    // A line that is too long already need not come to its end.
    if (this.#restLength <= this.#maxLineBytes) return;
    this.reject(`is longer than ${this.#maxLineBytes} bytes`);
    this.#skippedBytes = this.#takeRest().length;
  }

  /** Takes the end of a line that began in an earlier chunk. */
  *#finishLine(part: Uint8Array): Generator<Lines> {
    if (this.#skippedBytes > 0) {
      this.#count(1, this.#skippedBytes + part.length);
      this.#skippedBytes = 0;
      return;
    }
    this.#keep(part);
    yield* this.#pass(this.#takeRest());
  }

  /** Keeps a part of a line, at a cost that does not grow with the parts before it. */
  #keep(part: Uint8Array): void {
    const length = this.#restLength + part.length;
    if (length > this.#rest.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#rest.length));
      grown.set(this.#rest);
      this.#rest = grown;
    }
    this.#rest.set(part, this.#restLength);
    this.#restLength = length;
  }

  #takeRest(): Uint8Array {
    const rest = this.#rest.subarray(0, this.#restLength);
    this.#rest = new Uint8Array();
    this.#restLength = 0;
    return rest;
  }

  *#pass(bytes: Uint8Array): Generator<Lines> {
    const text = this.#decode(bytes);
    // Looking at each line is slow, and so is a decoder that is fatal (in Deno
    // 2.9 it takes twice the time): only where something can be wrong.
    const isSuspicious = bytes.length > this.#maxLineBytes ||
      text.includes("\ufffd");
    if (isSuspicious) yield* this.#passOneByOne(bytes);
    else yield this.#admit(bytes, text, countLines(text));
  }

  *#passOneByOne(lines: Uint8Array): Generator<Lines> {
    let start = 0;
    while (start < lines.length) {
      const line = lines.subarray(start, lines.indexOf(LF, start) + 1);
      start += line.length;
      if (line.length - 1 > this.#maxLineBytes) {
        this.reject(`is longer than ${this.#maxLineBytes} bytes`);
      } else if (!isUtf8(line)) {
        this.reject("is not valid UTF-8");
      } else {
        yield this.#admit(line, this.#decode(line), 1);
        continue;
      }
      this.#count(1, line.length);
    }
  }

  #decode(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes);
    return this.#byteOffset === 0 ? text.replace(/^\ufeff/, "") : text;
  }

  #admit(bytes: Uint8Array, text: string, count: number): Lines {
    const first = this.lines + 1;
    this.#passing = { bytes, byteOffset: this.#byteOffset, first };
    this.#count(count, bytes.length);
    return { text, first, last: this.lines };
  }

  #count(lines: number, bytes: number): void {
    this.lines += lines;
    this.#byteOffset += bytes;
  }

  #byteOffsetOf(line: number): number {
    if (this.#passing === undefined || line > this.lines) {
      return this.#byteOffset;
    }
    const { bytes, byteOffset, first } = this.#passing;
    let start = 0;
    for (let i = first; i < line; i++) start = bytes.indexOf(LF, start) + 1;
    return byteOffset + start;
  }
}

/** As many whole lines as are decoded at once; one, if it is longer than that. */
function firstLines(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= PIECE_BYTES) return bytes;
  const end = bytes.lastIndexOf(LF, PIECE_BYTES - 1);
  return bytes.subarray(0, (end === -1 ? bytes.indexOf(LF) : end) + 1);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function countLines(text: string): number {
  let count = 0;
  for (let i = text.indexOf("\n"); i !== -1; i = text.indexOf("\n", i + 1)) {
    count++;
  }
  return count;
}
