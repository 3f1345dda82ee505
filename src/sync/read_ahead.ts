/**
 * Reads one stream a little ahead of whoever processes it.
 *
 * @module
 */
import type { SyncEvent } from "../protocol/mod.ts";
import { type AckedBatch, type AckMap, BatchBuilder } from "./batch.ts";

/** How one stream ended. */
export type StreamEnd =
  /** Everything came; the ack says that all is stored. */
  | { kind: "complete"; ack: string }
  /** Everything before is void; the ack, if it is not empty, says that this is understood. */
  | { kind: "reset"; ack: string }
  /** The stream ended, on a server that does not say that it is complete. */
  | { kind: "end" }
  /** The stream was cut because its consumer took too long. */
  | { kind: "paused" }
  /** The stream broke, or held something that cannot be read. */
  | { kind: "error"; error: unknown };

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
 * Reads while the consumer is busy, so that a server does not have to hold the
 * backlog: but only so many batches, and not for so long that the server holds
 * it after all. Then the stream is cut; what was read is still delivered.
 */
export class ReadAhead {
  readonly #reader: ReadableStreamDefaultReader<SyncEvent>;
  readonly #options: ReadAheadOptions;
  readonly #builder: BatchBuilder;
  readonly #batches: AckedBatch[] = [];
  readonly #finished: Promise<void>;
  #end: StreamEnd | undefined;
  #cancelled = false;
  /** Wakes the one side that waits for the other: for a batch, or for room. */
  #wake: () => void = () => {};

  /** Starts to read. */
  constructor(
    stream: ReadableStream<SyncEvent>,
    options: ReadAheadOptions,
  ) {
    this.#reader = stream.getReader();
    this.#options = options;
    this.#builder = new BatchBuilder(options.batchSize);
    this.#finished = this.#read();
  }

  /** Acks that no batch carries; whole once the stream has ended. */
  get acks(): AckMap {
    return this.#builder.acks;
  }

  /** The next batch, or how the stream ended once there is none left. */
  async next(): Promise<AckedBatch | StreamEnd> {
    while (true) {
      const next = this.#batches.shift() ?? this.#end;
      this.#wake();
      if (next !== undefined) return next;
      await this.#change();
    }
  }

  /** Ends the stream if it is not over, and waits until its request is. */
  async close(): Promise<void> {
    this.#cancelled = true;
    this.#wake();
    if (this.#end === undefined) await this.#cancel();
    await this.#finished;
  }

  async #read(): Promise<void> {
    const end: StreamEnd = await this.#readToEnd()
      .catch((error: unknown) => ({ kind: "error", error }));
    const rest = this.#builder.take();
    if (rest !== undefined) this.#batches.push(rest);
    this.#end = end;
    this.#wake();
    // A whole stream is read to the end of its body: its connection can serve again.
    if (end.kind === "complete") await this.#reader.read().catch(() => {});
    await this.#cancel();
  }

  async #readToEnd(): Promise<StreamEnd> {
    while (true) {
      const { done, value: event } = await this.#reader.read();
      if (done) return { kind: "end" };
      const { ack } = event;
      if (event.type === "SyncCompleteV1") return { kind: "complete", ack };
      if (event.type === "SyncResetV1") return { kind: "reset", ack };
      const batch = this.#builder.add(event);
      if (batch === undefined) continue;
      this.#batches.push(batch);
      this.#wake();
      if (!await this.#hasRoom()) return { kind: "paused" };
    }
  }

  /** Waits for room; gives up after a while. */
  async #hasRoom(): Promise<boolean> {
    const { maxBatches, maxPauseMs } = this.#options;
    const isFull = () => this.#batches.length >= maxBatches && !this.#cancelled;
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
