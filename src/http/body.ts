/**
 * Reads the body of a response.
 *
 * @module
 */
import { ConnectionError } from "../errors/mod.ts";
import { redactCause } from "./redact.ts";
import type { Watchdog } from "./watchdog.ts";

/**
 * The maximum size of a chunk that is passed on. Larger chunks, which never come
 * from sockets, are split.
 */
const MAX_PIECE_BYTES = 65_536;

/** Reads the chunks of a body, as a `ReadableStreamDefaultReader` does. */
export type ChunkSource = Pick<
  ReadableStreamDefaultReader<Uint8Array>,
  "read" | "cancel"
>;

/** Reads a response's body with the request's timeout and signal. */
export class BodyReader {
  /** The watchdog of the request. */
  readonly watchdog: Watchdog;
  /** The error, if this body could not be read or used. */
  failure: unknown;
  readonly #source: ChunkSource | null;
  readonly #onBytes: ((bytes: number) => void) | undefined;
  #bytes = 0;
  /** What is left of the last chunk. */
  #rest: Uint8Array = new Uint8Array();

  /** Locks a body, or takes over a reader that has already locked a body. */
  constructor(
    body: ReadableStream<Uint8Array> | ChunkSource | null,
    watchdog: Watchdog,
    onBytes?: (bytes: number) => void,
  ) {
    this.#source = body !== null && "getReader" in body
      ? body.getReader()
      : body;
    this.watchdog = watchdog;
    this.#onBytes = onBytes;
  }

  /**
   * Reads the next chunk. Returns `undefined` at the end.
   *
   * @throws {ConnectionError} If the connection is lost.
   * @throws {TimeoutError} If the idle timeout expires.
   * @throws {TypeError} If the chunks are not bytes.
   * @throws The signal's reason, if the caller aborts.
   */
  async read(): Promise<Uint8Array | undefined> {
    if (this.#source === null) return undefined;
    if (this.#rest.length > 0) return this.#nextPiece();
    const { action, secrets, signal } = this.watchdog;
    let chunk: Uint8Array | undefined;
    try {
      chunk = (await this.watchdog.wait(this.#source.read())).value;
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      const message = `Cannot ${action}: the connection was lost`;
      throw redactCause(new ConnectionError(message, { cause }), secrets);
    }
    if (chunk === undefined) return undefined;
    if (!ArrayBuffer.isView(chunk)) {
      throw new TypeError(`Cannot ${action}: the body must consist of bytes`);
    }
    this.#rest = chunk;
    this.#bytes += chunk.length;
    return this.#nextPiece();
  }

  #nextPiece(): Uint8Array {
    const piece = this.#rest.subarray(0, MAX_PIECE_BYTES);
    this.#rest = this.#rest.subarray(piece.length);
    this.#onBytes?.(piece.length);
    return piece;
  }

  /** Ends the request, whether or not the body was read to its end. */
  async close(): Promise<void> {
    this.watchdog.end(this.failure, this.#bytes);
    // Ignore errors: the body may have failed already.
    await this.#source?.cancel().catch(() => {});
  }
}
