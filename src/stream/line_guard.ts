/**
 * Lets whole lines of valid UTF-8 through, and nothing else.
 *
 * @module
 */
import { ProtocolError } from "../errors/mod.ts";
import { LF, LineIndex } from "./line_index.ts";
import { toConnectionError, type Watchdog } from "../http/mod.ts";

/**
 * Bytes to decode at once. A text as long as a chunk from a socket lives so long
 * that V8 makes room for more of its kind: 35 MB more, for no speed (Deno 2.9).
 */
const PIECE_BYTES = 16 * 1024;

type LineProblem = "too long" | "not UTF-8";

/** What a {@linkcode LineGuard} needs to know. */
export interface LineGuardOptions {
  /** Watches over the request. */
  watchdog: Watchdog;
  /** Longest line, in bytes without its end. */
  maxLineBytes: number;
  /** Told of each byte count that arrives. */
  onBytes?: ((bytes: number) => void) | undefined;
  /** Told of a bad line, which then passes as an empty one; without it, the texts end there. */
  onBadLine?: ((error: ProtocolError) => void) | undefined;
}

/**
 * The first stage behind a body. Turns bytes into texts of whole lines, bounds
 * the length of a line, and knows where each line began.
 *
 * It never fails: a failing stream drops what is queued in it, and the lines
 * before a bad one are good. Whatever goes wrong ends the texts, and waits in
 * {@linkcode fault} until they are consumed. `TextDecoderStream` cannot do
 * that, hence the decoder in here.
 */
export class LineGuard {
  /** Texts of whole lines, each with its end. */
  readonly texts: ReadableStream<string>;
  /** The lines that have passed; the consumer counts those that it is done with. */
  readonly index: LineIndex = new LineIndex();
  /** Bytes that have arrived. */
  bytes = 0;
  /** Why the texts ended early, `undefined` if the body came to its end. */
  fault: unknown;

  readonly #options: LineGuardOptions;
  readonly #body: ReadableStreamDefaultReader<Uint8Array>;
  // Keeps a byte order mark, as it is one at the begin of the body only.
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The begin of a line whose end has not arrived, and room to grow. */
  #rest = new Uint8Array();
  #restLength = 0;
  /** Bytes of a line that is too long and dropped, as long as its end has not arrived. */
  #droppedBytes = 0;

  /** Starts to read a body; it is read only as far as the texts are. */
  constructor(
    body: ReadableStream<Uint8Array>,
    options: LineGuardOptions,
  ) {
    this.#body = body.getReader();
    this.#options = options;
    this.texts = new ReadableStream<string>({
      pull: (controller) => this.#pull(controller),
      cancel: () => this.#release(),
    }, { highWaterMark: 0 });
  }

  /** Whether the body ended, or broke, in the middle of a line. */
  get endedInLine(): boolean {
    return this.#restLength > 0 || this.#droppedBytes > 0;
  }

  async #pull(controller: ReadableStreamDefaultController<string>) {
    const { watchdog } = this.#options;
    let passed = false;
    try {
      while (!passed && this.fault === undefined) {
        const { done, value } = await watchdog.wait(this.#body.read());
        if (done) return controller.close();
        for (const text of this.#accept(value)) {
          controller.enqueue(text);
          passed = true;
        }
      }
    } catch (error) {
      this.fault = toConnectionError(error, watchdog);
    }
    if (this.fault === undefined) return;
    await this.#release();
    controller.close();
  }

  /**
   * Takes bytes in, and gives the texts of the lines that are whole now. Only
   * the line that began in an earlier chunk is copied.
   */
  *#accept(chunk: Uint8Array): Generator<string> {
    this.bytes += chunk.length;
    this.#options.onBytes?.(chunk.length);
    const end = chunk.lastIndexOf(LF) + 1;
    let start = 0;
    if (end > 0 && this.endedInLine) {
      start = chunk.indexOf(LF) + 1;
      yield* this.#finishLine(chunk.subarray(0, start));
    }
    while (start < end && this.fault === undefined) {
      const lines = firstLines(chunk.subarray(start, end));
      start += lines.length;
      yield* this.#pass(lines);
    }
    if (end < chunk.length && this.fault === undefined) {
      this.#beginLine(chunk.subarray(end));
    }
  }

  /** Takes the begin of a line, or more of it. */
  #beginLine(part: Uint8Array): void {
    if (this.#droppedBytes > 0) {
      this.#droppedBytes += part.length;
      return;
    }
    this.#keep(part);
    // There is no need to wait for the end of a line that is too long already.
    if (this.#restLength <= this.#options.maxLineBytes) return;
    this.#report("too long");
    this.#droppedBytes = this.#restLength;
    this.#rest = new Uint8Array();
    this.#restLength = 0;
  }

  /** Takes the end of a line that began in an earlier chunk. */
  *#finishLine(part: Uint8Array): Generator<string> {
    if (this.#droppedBytes > 0) {
      this.index.add(part, 1, this.#droppedBytes + part.length);
      this.#droppedBytes = 0;
      yield "\n";
      return;
    }
    this.#keep(part);
    const line = this.#rest.subarray(0, this.#restLength);
    this.#rest = new Uint8Array();
    this.#restLength = 0;
    yield* this.#pass(line);
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

  /** Gives the text of whole lines, as many of them as may pass. */
  *#pass(lines: Uint8Array): Generator<string> {
    const text = this.#decoder.decode(lines);
    // Looking at each line is slow, and so is a decoder that is fatal (in Deno
    // 2.9 it takes twice the time): only where something can be wrong.
    const suspicious = lines.length > this.#options.maxLineBytes ||
      text.includes("\ufffd");
    if (suspicious) yield* this.#passOneByOne(lines);
    else yield this.#admit(lines, text, countLines(text));
  }

  *#passOneByOne(lines: Uint8Array): Generator<string> {
    let start = 0;
    while (start < lines.length) {
      const line = lines.subarray(start, lines.indexOf(LF, start) + 1);
      start += line.length;
      const problem = problemOf(line, this.#options.maxLineBytes);
      if (problem !== undefined) this.#report(problem);
      if (this.fault !== undefined) return;
      const bad = problem !== undefined;
      yield this.#admit(line, bad ? "\n" : this.#decoder.decode(line), 1);
    }
  }

  /** Counts lines that pass. */
  #admit(bytes: Uint8Array, text: string, lineCount: number): string {
    const first = this.index.lines === 0;
    this.index.add(bytes, lineCount);
    return first ? text.replace(/^\ufeff/, "") : text;
  }

  /** Tells what is wrong with the line after those that have passed. */
  #report(problem: LineProblem): void {
    const { watchdog, maxLineBytes, onBadLine } = this.#options;
    const line = this.index.lines + 1;
    const byteOffset = this.index.bytes;
    const error = new ProtocolError(
      `Cannot ${watchdog.action}: line ${line} at byte ${byteOffset} ` +
        (problem === "too long"
          ? `is longer than ${maxLineBytes} bytes`
          : "is not valid UTF-8"),
      { line, byteOffset },
    );
    if (onBadLine === undefined) this.fault = error;
    else onBadLine(error);
  }

  /** Ends the request; the body may be broken already, which is as good. */
  async #release(): Promise<void> {
    this.#options.watchdog.stop();
    await this.#body.cancel().catch(() => {});
  }
}

/** Why a line with its end must not pass, if it must not. */
function problemOf(
  line: Uint8Array,
  maxLineBytes: number,
): LineProblem | undefined {
  if (line.length - 1 > maxLineBytes) return "too long";
  return isUtf8(line) ? undefined : "not UTF-8";
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
