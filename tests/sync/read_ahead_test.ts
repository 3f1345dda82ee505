import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import type { SyncEvent } from "../../mod.ts";
import {
  type ReadAhead,
  readAhead,
  type ReadAheadOptions,
} from "../../src/sync/read_ahead.ts";
import { Clock, HOUR_MS } from "../support/clock.ts";
import { turn, until } from "../support/events.ts";
import { test } from "../support/test.ts";

function event(type: string, ack = `${type}|1`): SyncEvent {
  return { type, data: {}, ack } as unknown as SyncEvent;
}

/** Creates a stream that counts how many of its events were read. */
function source(events: (SyncEvent | Error)[], { end = true } = {}) {
  const seen = { taken: 0, canceled: false };
  const stream = new ReadableStream<SyncEvent>({
    pull(controller) {
      const next = events[seen.taken];
      if (next instanceof Error) controller.error(next);
      else if (next !== undefined) {
        seen.taken++;
        controller.enqueue(next);
      } else if (end) controller.close();
    },
    cancel: () => {
      seen.canceled = true;
    },
  }, { highWaterMark: 0 });
  return { seen, stream };
}

function ahead(
  stream: ReadableStream<SyncEvent>,
  options: Partial<ReadAheadOptions> = {},
) {
  return readAhead(stream, {
    batchSize: 2,
    maxBatches: 2,
    maxPauseMs: false,
    ...options,
  });
}

/**
 * Reads everything. Returns the type and size of each batch, and how the stream
 * ended.
 */
async function drain(reader: ReadAhead): Promise<string[]> {
  const words: string[] = [];
  while (true) {
    const next = await reader.next();
    if ("ended" in next) {
      await reader.close();
      return [...words, next.ended];
    }
    words.push(`${next.type}×${next.events.length}`);
  }
}

test("batches arrive in order, followed by the end of the stream", async () => {
  const events = [
    event("A"),
    event("A"),
    event("A"),
    event("B"),
    event("SyncCompleteV1"),
  ];
  assertEquals(await drain(ahead(source(events).stream)), [
    "A×2",
    "A×1",
    "B×1",
    "complete",
  ]);
});

test("a reset ends the stream, and nothing after the reset is read", async () => {
  const { seen, stream } = source([event("SyncResetV1", "r"), event("A")]);
  const reader = ahead(stream);
  assertEquals(await reader.next(), { ended: "reset", ack: "r" });
  await reader.close();
  assertEquals([seen.taken, seen.canceled], [1, true]);
});

test("a missing terminator or a failure is reported after all batches", async () => {
  assertEquals(await drain(ahead(source([event("A")]).stream)), [
    "A×1",
    "early",
  ]);
  const broken = new Error("broken");
  const reader = ahead(source([event("A"), broken]).stream);
  await reader.next();
  assertStrictEquals(await assertRejects(() => reader.next()), broken);
  await reader.close();
});

test("reading ahead continues while the consumer is busy, up to a limit", async () => {
  const { seen, stream } = source(
    Array.from({ length: 100 }, () => event("A")),
  );
  const reader = ahead(stream);
  await until(() => seen.taken >= 5, "it has read ahead");
  for (let i = 0; i < 10; i++) await turn();
  assertEquals(
    seen.taken,
    5,
    "two batches of two events, and one more event, which completes the second batch",
  );
  await reader.next();
  await until(() => seen.taken >= 7, "it has read more");
  for (let i = 0; i < 10; i++) await turn();
  assertEquals(seen.taken, 7);
  await reader.close();
  assert(seen.canceled);
});

test("reading ahead stops one event after the queue is full, even for a slow consumer", async () => {
  const [batchSize, maxBatches, count] = [10, 2, 1_000];
  const { seen, stream } = source([
    ...Array.from({ length: count }, () => event("A")),
    event("SyncCompleteV1"),
  ]);
  const reader = ahead(stream, { batchSize, maxBatches });
  let given = 0;
  let most = 0;
  for (let i = 0; given < count; i++) {
    const next = await reader.next();
    assert("events" in next);
    // The consumer is slow, and slower for some batches than for others.
    for (let turns = i % 4; turns > 0; turns--) await turn();
    most = Math.max(most, seen.taken - given - next.events.length);
    given += next.events.length;
  }
  assertEquals(most, maxBatches * batchSize + 1);
  await reader.close();
});

test("a stream that is paused for too long is interrupted, but its batches arrive", async () => {
  const { seen, stream } = source(
    Array.from({ length: 100 }, () => event("A")),
  );
  using clock = new Clock();
  const reader = ahead(stream, { maxPauseMs: 2 * HOUR_MS });
  await until(() => clock.timers > 0, "it waits for room");
  await clock.pass(HOUR_MS);
  assert(!seen.canceled);
  await clock.pass(HOUR_MS);
  await until(() => seen.canceled, "the stream is canceled");
  assertEquals(await drain(reader), ["A×2", "A×2", "A×1", "paused"]);
});

test("a maxPauseMs longer than any timer does not interrupt a stream at once", async () => {
  const { stream } = source(Array.from({ length: 100 }, () => event("A")));
  using clock = new Clock();
  const reader = ahead(stream, { maxPauseMs: 2 ** 40 });
  await until(() => clock.timers > 0, "it waits for room");
  assertEquals(clock.longestMs, 2 ** 31 - 1);
  await reader.close();
});

test("a stream is not interrupted if its consumer returns in time", async () => {
  const events = [
    ...Array.from({ length: 20 }, () => event("A")),
    event("SyncCompleteV1"),
  ];
  using clock = new Clock();
  const reader = ahead(source(events).stream, { maxPauseMs: 4 * HOUR_MS });
  for (let i = 0; i < 5; i++) {
    await until(() => clock.timers > 0, "it waits for room");
    await clock.pass(3 * HOUR_MS);
    await reader.next();
  }
  assertEquals((await drain(reader)).at(-1), "complete");
});

test("closing the reader ends a stream that is being read or is paused by a full queue", async () => {
  const reading = source([event("A")], { end: false });
  const waiting = source(Array.from({ length: 100 }, () => event("A")));
  for (const { seen, stream } of [reading, waiting]) {
    const reader = ahead(stream);
    await turn();
    await reader.close();
    assert(seen.canceled);
  }
});

test("acks that belong to no batch are available at the end of the stream", async () => {
  const reader = ahead(
    source([event("SyncAckV1", "C|now"), event("SyncCompleteV1")]).stream,
  );
  assertEquals(await drain(reader), ["complete"]);
  assertEquals([...reader.acks().values()], ["C|now"]);
});
