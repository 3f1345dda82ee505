/**
 * Reads the body of a response.
 *
 * @module
 */
import { ConnectionError } from "../errors/mod.ts";
import { iterate } from "./iterate.ts";
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

/**
 * A stream that `for await` can iterate in every runtime and with every
 * TypeScript `lib`. In Safari, and in `lib.dom` without `DOM.AsyncIterable`,
 * streams are not iterable (2026-11).
 */
export type IterableStream<T> = ReadableStream<T> & AsyncIterable<T>;

/**
 * Turns the items of a body into a stream. Reads the body only on demand, and ends
 * the request when the stream ends.
 *
 * @param batches Arrays of at least one item. If the iterable throws, the stream
 * fails with that error.
 */
export function toStream<T>(
  body: BodyReader,
  batches: AsyncIterator<T[], void>,
): IterableStream<T> {
  /** The last batch's items that are not in the stream's queue. */
  let rest: IterableIterator<T, undefined> = [].values();
  let isIterated = false;
  const stream = new ReadableStream<T>({
    start(controller) {
      const { watchdog } = body;
      // An abort makes the stream fail at once, even if items are left.
      const abort = (reason: unknown) => {
        body.failure ??= reason;
        rest = [].values();
        controller.error(reason);
        void body.close();
      };
      watchdog.onCallerAbort = abort;
      // The caller may have aborted after the head of the response arrived.
      if (watchdog.abortedByCaller) abort(watchdog.signal.reason);
    },
    // Called only when the queue is empty, so a failure drops nothing.
    async pull(controller) {
      try {
        let next = rest.next();
        if (next.done) {
          const { done, value } = await batches.next();
          if (done) {
            void body.close();
            return controller.close();
          }
          rest = value.values();
          next = rest.next();
        }
        controller.enqueue(next.value!);
        // A loop takes the remaining items directly, because each item in the
        // queue is expensive in Node and Bun (2026-11).
        if (isIterated) return;
        for (const item of rest) controller.enqueue(item);
      } catch (error) {
        body.failure ??= error;
        void body.close();
        throw error;
      }
    },
    cancel: () => body.close(),
  }, { highWaterMark: 0 });
  const value = () => {
    const items = iterate(stream.getReader(), () => rest.next());
    isIterated = true;
    return items;
  };
  Object.defineProperty(stream, Symbol.asyncIterator, { value });
  return stream as IterableStream<T>;
}
