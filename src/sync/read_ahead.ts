/**
 * Reads one stream in batches, a little ahead of the consumer.
 *
 * @module
 */
import { MAX_DELAY_MS } from "../http/mod.ts";
import type { SyncEvent } from "../protocol/mod.ts";
import type { AckedBatch } from "./batch.ts";
import { AckSet } from "./checkpoint.ts";

/** How a stream ended. */
export interface StreamEnd {
  /**
   * - `complete`: everything arrived;
   * - `reset`: the server sent a reset;
   * - `early`: the body ended without either;
   * - `paused`: the consumer was too slow, so the request was ended.
   */
  ended: "complete" | "reset" | "early" | "paused";
  /** The ack that confirms the end; may be empty. */
  ack: string;
}

/** A batch is full after this many bytes, which become a few megabytes of objects. */
const MAX_BATCH_BYTES = 4_194_304;

/** How far ahead to read. */
export interface ReadAheadOptions {
  /** The maximum number of events in a batch. */
  batchSize: number;
  /**
   * Returns the number of bytes received so far.
   * @default {none}
   */
  bytes?: () => number;
  /**
   * The maximum number of batches that wait for the consumer.
   * @default {2}
   */
  maxBatches?: number;
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
 * Groups contiguous events of one type into batches. The events may arrive in
 * arrays. Reads while the consumer is busy, because servers keep unread data in
 * memory. Buffers a few batches, and ends the request if the consumer does not take
 * a batch in time.
 */
export function readAhead(
  stream: ReadableStream<SyncEvent | SyncEvent[]>,
  { batchSize, bytes = () => 0, maxBatches = 2, maxPauseMs }: ReadAheadOptions,
): ReadAhead {
  const events = stream.getReader();
  /** The batches that were requested ahead of the consumer. */
  const queue: Promise<IteratorResult<AckedBatch, StreamEnd>>[] = [];
  let pause: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  /** Resolved once the request has ended. */
  let released = Promise.resolve();
  /** The unfinished batch. */
  let batch: AckedBatch | undefined;
  /** The number of bytes before this batch. */
  let start = bytes();
  /** The acks since the last finished batch. */
  let acks = new AckSet();

  async function* readBatches(): AsyncGenerator<AckedBatch, StreamEnd> {
    let last: Promise<unknown> = Promise.resolve();
    try {
      while (!isStopped) {
        const { done, value } = await events.read();
        if (done) return { ended: "early", ack: "" };
        for (const event of Array.isArray(value) ? value : [value]) {
          const { type, ack } = event;
          if (type === "SyncResetV1") return { ended: "reset", ack };
          if (type === "SyncCompleteV1") {
            // Reading the body to its end lets its connection be reused.
            last = events.read();
            return { ended: "complete", ack };
          }
          if (type !== "SyncAckV1") {
            const isFull = (batch?.events.length ?? 0) + 1 > batchSize ||
              bytes() - start >= MAX_BATCH_BYTES;
            if (batch?.type !== type || isFull) yield* takeBatch();
            batch ??= { type, events: [], acks };
            batch.events.push(event);
          }
          acks.add(ack);
          if (isStopped) break;
        }
      }
      return { ended: "paused", ack: "" };
    } finally {
      released = last.then(stop, stop);
      // Yielded before the stream's end or error.
      yield* takeBatch();
    }
  }

  function* takeBatch(): Generator<AckedBatch, void> {
    if (batch === undefined) return;
    yield batch;
    batch = undefined;
    acks = new AckSet();
    start = bytes();
  }

  async function stop(): Promise<void> {
    isStopped = true;
    clearTimeout(pause);
    await events.cancel().catch(() => {});
  }

  /**
   * Requests a batch. The timer for a pause starts once the newest request has
   * its batch.
   */
  function request(): void {
    clearTimeout(pause);
    const next = batches.next();
    queue.push(next);
    next.then(({ done }) => {
      const isFull = next === queue.at(-1) && !done && !isStopped;
      if (!isFull || maxPauseMs === false) return;
      pause = setTimeout(stop, Math.min(maxPauseMs, MAX_DELAY_MS));
    }, () => {});
  }

  const batches = readBatches();
  for (let i = 0; i < maxBatches; i++) request();
  return {
    acks: () => acks,

    async next() {
      const next = queue.shift()!;
      request();
      return (await next).value;
    },

    async close() {
      await released;
      await stop();
    },
  };
}
