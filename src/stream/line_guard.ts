/**
 * Turns bytes into complete lines of valid UTF-8.
 *
 * @module
 */
import { ProtocolError, TruncatedStreamError } from "../errors/mod.ts";
import { LineBuffer } from "./line_buffer.ts";

/** The line feed character. */
const LF = 0x0a;

/**
 * The maximum number of bytes to decode at once. Decoding each chunk from a
 * socket as one string makes V8 grow its heap by 35 MB and is not faster (Deno
 * 2.9).
 */
const PIECE_BYTES = 16 * 1024;

/** Options for a {@linkcode LineGuard}. */
export interface LineGuardOptions {
  /** The action to name in error messages, such as "read the sync stream". */
  action: string;
  /**
   * The maximum length of a line in bytes, excluding the line feed.
   * @default {16777216}
   */
  maxLineBytes?: number | undefined;
  /**
   * Called for each bad line, which is then skipped. Without this callback, bad
   * lines throw.
   */
  onBadLine?: ((error: ProtocolError) => void) | undefined;
}

/** One or more complete lines. */
export interface Lines {
  /** The lines, each with its line feed. */
  text: string;
  /** The line number of the first line, counting from 1. */
  first: number;
  /** The line number of the last line. */
  last: number;
}

/** The position of the lines that were yielded last. */
interface LinesPosition {
  bytes: Uint8Array;
  byteOffset: number;
  first: number;
}

/**
 * Turns bytes into complete lines, limits their length, and tracks line numbers and
 * byte offsets. Decodes the bytes itself, because `TextDecoderStream` fails at a bad
 * line before the preceding lines are read.
 */
export class LineGuard {
  /** Number of complete lines so far. */
  lines = 0;
  /** Number of bytes so far. */
  bytes = 0;

  readonly #options: LineGuardOptions;
  readonly #maxLineBytes: number;
  // Keeps byte order marks; `#decode` removes only a mark at the start of the body.
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** Used to find the byte offset of a line that has already been yielded. */
  #last: LinesPosition | undefined;
  /** Byte offset of the next line. */
  #byteOffset = 0;
  /** The start of an unfinished line. */
  readonly #rest = new LineBuffer();
  /** Number of bytes so far in an unfinished line that is being skipped. */
  #skippedBytes = 0;

  /**
   * Creates a guard for one body.
   *
   * @throws {RangeError} If `maxLineBytes` is not a positive integer.
   */
  constructor(options: LineGuardOptions) {
    const { action, maxLineBytes = 16 * 1024 * 1024 } = options;
    checkMaxLineBytes(action, maxLineBytes);
    this.#options = options;
    this.#maxLineBytes = maxLineBytes;
  }

  /** Whether the bytes so far end in the middle of a line. */
  get isInLine(): boolean {
    return this.#rest.length > 0 || this.#skippedBytes > 0;
  }

  /**
   * The unfinished line, or `undefined` if that line is not valid UTF-8 or is being
   * skipped.
   */
  get rest(): string | undefined {
    const { bytes } = this.#rest;
    if (this.#skippedBytes > 0 || !isUtf8(bytes)) return undefined;
    return this.#decode(bytes);
  }

  /**
   * Takes a chunk of the body, and yields the lines that are now complete. Copies only
   * lines that began in an earlier chunk.
   *
   * @throws {ProtocolError} At a bad line, after yielding the lines before it.
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
      yield* this.#toLines(lines);
    }
    if (end < chunk.length) this.#beginLine(chunk.subarray(end));
  }

  /**
   * Reports a bad line: one of the lines yielded last, or the line after them.
   *
   * @throws {ProtocolError} If bad lines are not skipped.
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

  /**
   * Creates the error for a body that ended early.
   *
   * @param where Where the body ended, if not in the middle of a line.
   */
  truncated(where: string): TruncatedStreamError {
    const { lines, bytes, isInLine } = this;
    const place = isInLine ? `in the middle of line ${lines + 1}` : where;
    return new TruncatedStreamError(
      `Cannot ${this.#options.action}: the body ended ${place}`,
      { lines, bytes },
    );
  }

  /** Takes the first or next part of an unfinished line. */
  #beginLine(part: Uint8Array): void {
    if (this.#skippedBytes > 0) {
      this.#skippedBytes += part.length;
      return;
    }
    this.#rest.append(part);
    // Fail now rather than wait for the end of a line that is too long.
    if (this.#rest.length <= this.#maxLineBytes) return;
    this.reject(`is longer than ${this.#maxLineBytes} bytes`);
    this.#skippedBytes = this.#rest.take().length;
  }

  /** Takes the end of a line that began in an earlier chunk. */
  *#finishLine(part: Uint8Array): Generator<Lines> {
    if (this.#skippedBytes > 0) {
      this.#count(1, this.#skippedBytes + part.length);
      this.#skippedBytes = 0;
      return;
    }
    this.#rest.append(part);
    yield* this.#toLines(this.#rest.take());
  }

  *#toLines(bytes: Uint8Array): Generator<Lines> {
    const text = this.#decode(bytes);
    // Checking each line is slow, and a fatal decoder takes twice as long (Deno
    // 2.9), so check only if a line may be bad.
    const isSuspicious = bytes.length > this.#maxLineBytes ||
      text.includes("\ufffd");
    if (isSuspicious) yield* this.#checkEach(bytes);
    else yield this.#record(bytes, text, countLines(text));
  }

  *#checkEach(lines: Uint8Array): Generator<Lines> {
    let start = 0;
    while (start < lines.length) {
      const line = lines.subarray(start, lines.indexOf(LF, start) + 1);
      start += line.length;
      if (line.length - 1 > this.#maxLineBytes) {
        this.reject(`is longer than ${this.#maxLineBytes} bytes`);
      } else if (!isUtf8(line)) {
        this.reject("is not valid UTF-8");
      } else {
        yield this.#record(line, this.#decode(line), 1);
        continue;
      }
      this.#count(1, line.length);
    }
  }

  #decode(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes);
    return this.#byteOffset === 0 ? text.replace(/^\ufeff/, "") : text;
  }

  #record(bytes: Uint8Array, text: string, count: number): Lines {
    const first = this.lines + 1;
    this.#last = { bytes, byteOffset: this.#byteOffset, first };
    this.#count(count, bytes.length);
    return { text, first, last: this.lines };
  }

  #count(lines: number, bytes: number): void {
    this.lines += lines;
    this.#byteOffset += bytes;
  }

  #byteOffsetOf(line: number): number {
    if (this.#last === undefined || line > this.lines) {
      return this.#byteOffset;
    }
    const { bytes, byteOffset, first } = this.#last;
    let start = 0;
    for (let i = first; i < line; i++) start = bytes.indexOf(LF, start) + 1;
    return byteOffset + start;
  }
}

/**
 * Checks the `maxLineBytes` option.
 *
 * @throws {RangeError} If the option is not a positive integer.
 */
export function checkMaxLineBytes(action: string, maxLineBytes: number): void {
  if (Number.isSafeInteger(maxLineBytes) && maxLineBytes > 0) return;
  throw new RangeError(
    `Cannot ${action}: maxLineBytes must be a positive integer, received ${maxLineBytes}`,
  );
}

/** Returns the first complete lines: at most `PIECE_BYTES`, or a single longer line. */
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
