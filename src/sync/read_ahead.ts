/**
 * Reads one stream a little ahead of the consumer.
 *
 * @module
 */
import type { SyncEvent } from "../protocol/mod.ts";
import type { AckedBatch } from "./batch.ts";
import { BatchBuilder } from "./batch_builder.ts";
import type { AckSet } from "./checkpoint.ts";

/** How a stream ended. */
export type StreamEnd =
  /** Everything arrived; the ack confirms that everything is stored. */
  | { ended: "complete"; ack: string }
  /** The server sent a reset; the ack, if not empty, confirms it. */
  | { ended: "reset"; ack: string }
  /** The body ended without `SyncCompleteV1`. */
  | { ended: "early" }
  /** The consumer was too slow, so the request was ended. */
  | { ended: "paused" };

/** How far ahead to read. */
export interface ReadAheadOptions {
  /** The maximum number of events in a batch. */
  batchSize: number;
  /** The maximum number of batches that wait for the consumer. */
  maxBatches: number;
  /** How long a batch may wait, in milliseconds; `false` for no limit. */
  maxPauseMs: number | false;
}

/** The batches of a stream. */
export interface ReadAhead {
  /**
   * Returns the next batch, or how the stream ended.
   *
   * @throws The stream's error, after the last batch.
   */
  next(): Promise<AckedBatch | StreamEnd>;
  /** Returns the acks after the last batch, once the stream has ended. */
  acks(): AckSet;
  /** Ends the request if it is still open, and waits until it has ended. */
  close(): Promise<void>;
}

/**
 * Reads a stream while the consumer is busy, because servers keep unread data in
 * memory. Buffers a few batches, and ends the request if the consumer does not
 * take one of them in time.
 */
export function readAhead(
  stream: ReadableStream<SyncEvent>,
  { batchSize, maxBatches, maxPauseMs }: ReadAheadOptions,
): ReadAhead {
  const events = stream.getReader();
  const builder = new BatchBuilder(batchSize);
  let pause: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;
  let isFilling = false;
  /** Returns how the stream ended, or throws its error. */
  let end: (() => StreamEnd) | undefined;
  /** Resolved once the request has ended. */
  let released = Promise.resolve();

  async function cancel(): Promise<void> {
    await events.cancel().catch(() => {});
  }

  async function read(): Promise<AckedBatch | StreamEnd> {
    while (true) {
      const { done, value: event } = await events.read();
      if (done) return { ended: "early" };
      const { ack } = event;
      if (event.type === "SyncCompleteV1") return { ended: "complete", ack };
      if (event.type === "SyncResetV1") return { ended: "reset", ack };
      const batch = builder.add(event);
      if (batch !== undefined) return batch;
    }
  }

  /** Closes the queue, and ends the request after its last read. */
  function finish(result: () => StreamEnd, last?: Promise<unknown>) {
    if (isClosed) return;
    end = result;
    const rest = builder.take();
    if (rest !== undefined) queue.enqueue(rest);
    queue.close();
    released = Promise.resolve(last).then(cancel, cancel);
  }

  /** Reads until the queue is full. */
  async function fill(): Promise<void> {
    clearTimeout(pause);
    isFilling = true;
    try {
      while (queue.desiredSize! > 0) {
        const next = await read();
        if (isClosed) return;
        if ("ended" in next) {
          // Reading the body to its end lets its connection be reused.
          const isComplete = next.ended === "complete";
          return finish(() => next, isComplete ? events.read() : undefined);
        }
        queue.enqueue(next);
      }
    } catch (error) {
      return finish(() => {
        throw error;
      });
    } finally {
      isFilling = false;
    }
    if (maxPauseMs === false) return;
    pause = setTimeout(() => finish(() => ({ ended: "paused" })), maxPauseMs);
  }

  // The queue of this stream holds the batches that are read ahead. It has no
  // `pull`: workerd does not call that when a batch leaves the queue (seen 2026-11).
  let queue!: ReadableStreamDefaultController<AckedBatch>;
  const start = (controller: typeof queue) => void (queue = controller);
  const strategy = { highWaterMark: maxBatches };
  const batches = new ReadableStream<AckedBatch>({ start }, strategy)
    .getReader();
  void fill();
  return {
    acks: () => builder.acks,

    async next() {
      const { done, value } = await batches.read();
      if (done) return end!();
      if (!isFilling && end === undefined) void fill();
      return value;
    },

    async close() {
      isClosed = true;
      clearTimeout(pause);
      await released;
      await cancel();
    },
  };
}
