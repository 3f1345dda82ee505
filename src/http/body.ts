/**
 * The body of an answer.
 *
 * @module
 */
import { ConnectionError } from "../errors/mod.ts";
import type { Watchdog } from "./watchdog.ts";

/** The body of an answer, read under the watchdog of its request. */
export class BodyReader {
  /** Watches over the request. */
  readonly watchdog: Watchdog;
  /** What the stream of this body failed with. */
  failure: unknown;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #onBytes: ((bytes: number) => void) | undefined;

  /** Takes over a body, which nobody else may read. */
  constructor(
    body: ReadableStream<Uint8Array> | null,
    watchdog: Watchdog,
    onBytes?: (bytes: number) => void,
  ) {
    this.#reader = body?.getReader();
    this.watchdog = watchdog;
    this.#onBytes = onBytes;
  }

  /**
   * Reads the next chunk, or `undefined` at the end.
   *
   * @throws {ConnectionError} If the connection breaks.
   * @throws {TimeoutError} If the server stays silent.
   * @throws {TypeError} If the body is made of something other than bytes.
   * @throws The caller's reason, after an abort.
   */
  async read(): Promise<Uint8Array | undefined> {
    if (this.#reader === undefined) return undefined;
    const { action, signal } = this.watchdog;
    let chunk: Uint8Array | undefined;
    try {
      chunk = (await this.watchdog.wait(this.#reader.read())).value;
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      throw new ConnectionError(`Cannot ${action}: the connection broke`, {
        cause,
      });
    }
    if (chunk === undefined) return undefined;
    if (!ArrayBuffer.isView(chunk)) {
      throw new TypeError(`Cannot ${action}: the body is not a body of bytes`);
    }
    this.#onBytes?.(chunk.length);
    return chunk;
  }

  /** Ends the request, whether or not the body has come to its end. */
  async leave(): Promise<void> {
    this.watchdog.release();
    this.watchdog.stop();
    // A body that is broken already needs no cancelling.
    await this.#reader?.cancel().catch(() => {});
  }
}

/**
 * Makes a stream of what comes out of a body. The request ends with the stream,
 * and the body is read only as the stream is.
 *
 * @param batches Items that come together, at least one each; what this throws is
 * what the stream fails with.
 */
export function toStream<T>(
  body: BodyReader,
  batches: AsyncIterator<T[], void>,
): ReadableStream<T> {
  return new ReadableStream<T>({
    start(controller) {
      // An abort does not wait until the queue has been read.
      body.watchdog.onCallerAbort = (reason) => {
        body.failure ??= reason;
        controller.error(reason);
        void body.leave();
      };
    },
    // Only called when the queue is empty: a failure drops nothing.
    async pull(controller) {
      try {
        const { done, value } = await batches.next();
        if (done) {
          void body.leave();
          controller.close();
        } else {
          for (const item of value) controller.enqueue(item);
        }
      } catch (error) {
        body.failure ??= error;
        void body.leave();
        throw error;
      }
    },
    cancel: () => body.leave(),
  }, { highWaterMark: 0 });
}
