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
  /** Most batches that wait for the consumer. */
  maxBatches: number;
  /** Longest time that they may wait, in milliseconds, or `false` for no limit. */
  maxPauseMs: number | false;
}

/** The batches of a stream. */
export interface ReadAhead {
  /**
   * Resolves to the next batch, or to how the stream ended.
   *
   * @throws What the stream failed with, after the last batch.
   */
  next(): Promise<AckedBatch | StreamEnd>;
  /** Returns the acks that no batch carries, once the stream has ended. */
  acks(): AckSet;
  /** Ends the request, if it has not ended, and waits until it has. */
  close(): Promise<void>;
}

/**
 * Reads while the consumer is busy, as a server holds in memory what is not
 * read. It holds a few batches itself; if the consumer takes none of them for
 * too long, it ends the request.
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
  /** Returns how the stream ended, or throws what it failed with. */
  let end: (() => StreamEnd) | undefined;
  /** Settled once the request is over. */
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

  /** Ends the queue behind the batches in it, and the request after its last read. */
  function finish(by: () => StreamEnd, last?: Promise<unknown>) {
    if (isClosed) return;
    end = by;
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
          // Read to its end, the body of a complete stream frees its connection.
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

  // The queue of this stream is what is read ahead. It has no `pull`, as workerd
  // does not call that when a batch is taken from the queue (seen 2026-11).
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
