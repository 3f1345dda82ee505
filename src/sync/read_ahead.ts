/**
 * Reads one stream a little ahead of whoever processes it.
 *
 * @module
 */
import type { SyncEvent } from "../protocol/mod.ts";
import { type AckedBatch, BatchBuilder } from "./batch.ts";
import type { AckSet } from "./checkpoint.ts";

/** How a stream ended. */
export type StreamEnd =
  /** Everything came; the ack tells the server that everything is stored. */
  | { ended: "complete"; ack: string }
  /** Everything before is void; the ack, if there is one, confirms it. */
  | { ended: "reset"; ack: string }
  /** The body ended without a terminator. */
  | { ended: "early" }
  /** The consumer was too slow, so the request was ended. */
  | { ended: "paused" };

/** How far ahead to read. */
export interface ReadAheadOptions {
  /** Most events of a batch. */
  batchSize: number;
  /** Batches that wait for the consumer at most. */
  maxBatches: number;
  /** How long a full read-ahead may wait, in milliseconds; `false` for ever. */
  maxPauseMs: number | false;
}

/**
 * Reads while the consumer is busy, as a server holds in memory what is not
 * read. It holds a few batches itself; if the consumer takes none of them for
 * too long, it ends the request.
 */
export class ReadAhead {
  readonly #reader: ReadableStreamDefaultReader<SyncEvent>;
  readonly #options: ReadAheadOptions;
  readonly #builder: BatchBuilder;
  readonly #batches: AckedBatch[] = [];
  readonly #end: Promise<StreamEnd>;
  #isOver = false;
  #isClosed = false;
  /** Wakes the side that waits for the other: for a batch, or for room. */
  #wake: () => void = () => {};

  /** Starts to read. */
  constructor(stream: ReadableStream<SyncEvent>, options: ReadAheadOptions) {
    this.#reader = stream.getReader();
    this.#options = options;
    this.#builder = new BatchBuilder(options.batchSize);
    this.#end = this.#read();
    this.#end.catch(() => {}); // `next` throws it, after the last batch.
  }

  /** Acks that no batch carries, known once the stream has ended. */
  get acks(): AckSet {
    return this.#builder.acks;
  }

  /**
   * Resolves to the next batch, or to how the stream ended.
   *
   * @throws What the stream failed with, after the last batch.
   */
  async next(): Promise<AckedBatch | StreamEnd> {
    while (this.#batches.length === 0 && !this.#isOver) await this.#change();
    const batch = this.#batches.shift();
    this.#wake();
    return batch ?? await this.#end;
  }

  /** Ends the request, if it has not ended, and waits until it has. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    if (!this.#isOver) await this.#cancel();
    await this.#end.catch(() => {});
  }

  async #read(): Promise<StreamEnd> {
    let end: StreamEnd | undefined;
    try {
      return end = await this.#readToEnd();
    } finally {
      const rest = this.#builder.take();
      if (rest !== undefined) this.#batches.push(rest);
      this.#isOver = true;
      this.#wake();
      // Read to its end, the body of a complete stream frees its connection.
      if (end?.ended === "complete") await this.#reader.read().catch(() => {});
      await this.#cancel();
    }
  }

  async #readToEnd(): Promise<StreamEnd> {
    while (true) {
      const { done, value: event } = await this.#reader.read();
      if (done) return { ended: "early" };
      const { ack } = event;
      if (event.type === "SyncCompleteV1") return { ended: "complete", ack };
      if (event.type === "SyncResetV1") return { ended: "reset", ack };
      const batch = this.#builder.add(event);
      if (batch === undefined) continue;
      this.#batches.push(batch);
      this.#wake();
      if (!await this.#hasRoom()) return { ended: "paused" };
    }
  }

  /** Waits for room; gives up after a while. */
  async #hasRoom(): Promise<boolean> {
    const { maxBatches, maxPauseMs } = this.#options;
    const isFull = () => this.#batches.length >= maxBatches && !this.#isClosed;
    let paused = false;
    const timer = isFull() && maxPauseMs !== false
      ? setTimeout(() => {
        paused = true;
        this.#wake();
      }, maxPauseMs)
      : undefined;
    while (isFull() && !paused) await this.#change();
    clearTimeout(timer);
    return !paused;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  async #cancel(): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }
}
