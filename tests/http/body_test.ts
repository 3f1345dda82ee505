import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { ConnectionError, TimeoutError } from "../../src/errors/mod.ts";
import { BodyReader, toStream } from "../../src/http/body.ts";
import { Watchdog, type WatchdogOptions } from "../../src/http/watchdog.ts";
import { turn, until } from "../support/events.ts";
import { drain } from "../support/fetch.ts";
import { LONG_MS } from "../support/timeouts.ts";
import { test } from "../support/test.ts";

/** Creates a body controlled by the test, and reads it under a watchdog. */
function open(
  source: UnderlyingDefaultSource<Uint8Array>,
  options: Partial<WatchdogOptions> & { onBytes?: (bytes: number) => void } =
    {},
) {
  let canceled = false;
  const stream = new ReadableStream<Uint8Array>({
    ...source,
    cancel: () => {
      canceled = true;
    },
  }, { highWaterMark: 0 });
  const watchdog = new Watchdog("read it", {
    idleTimeoutMs: LONG_MS,
    ...options,
  });
  const body = new BodyReader(stream, watchdog, options.onBytes);
  return { body, watchdog, isCanceled: () => canceled };
}

const SILENT: UnderlyingDefaultSource<Uint8Array> = {};

/** Yields chunks of the given lengths, then ends or fails. */
function chunks(
  lengths: number[],
  error?: unknown,
): UnderlyingDefaultSource<Uint8Array> {
  const rest = lengths.values();
  return {
    pull(controller) {
      const { done, value } = rest.next();
      if (!done) controller.enqueue(new Uint8Array(value));
      else if (error === undefined) controller.close();
      else controller.error(error);
    },
  };
}

/** Yields batches of numbers, then ends or fails. */
async function* batches(numbers: number[][], error?: unknown) {
  yield* numbers;
  // Fails some time after the read.
  await turn();
  if (error !== undefined) throw error;
}

test("a body is read chunk by chunk, and the size of each chunk is reported", async () => {
  const counts: number[] = [];
  const onBytes = (bytes: number) => counts.push(bytes);
  const { body } = open(chunks([3, 0, 5]), { onBytes });
  for (const length of [3, 0, 5]) {
    assertEquals((await body.read())?.length, length);
  }
  assertEquals(await body.read(), undefined);
  assertEquals(counts, [3, 0, 5]);
  await body.close();
});

test("a body chunk of more than 64 KiB is passed on in pieces", async () => {
  const counts: number[] = [];
  const { body } = open(chunks([150_000, 0, 3]), {
    onBytes: (bytes) => counts.push(bytes),
  });
  const lengths: number[] = [];
  for (let piece; (piece = await body.read()) !== undefined;) {
    assertEquals(counts.length, lengths.push(piece.length));
  }
  assertEquals(lengths, [65_536, 65_536, 18_928, 0, 3]);
  assertEquals(counts, lengths);
  await body.close();
});

test("a response without a body ends at once", async () => {
  const watchdog = new Watchdog("read it", { idleTimeoutMs: LONG_MS });
  assertEquals(await new BodyReader(null, watchdog).read(), undefined);
});

test("an interrupted body causes a ConnectionError", async () => {
  const cause = new Error("reset by peer");
  const { body } = open(chunks([1], cause));
  await body.read();
  const error = await assertRejects(
    () => body.read(),
    ConnectionError,
    "Cannot read it: the connection was lost",
  );
  assertStrictEquals(error.cause, cause);
  await body.close();
});

test("a stalled body causes a TimeoutError", async () => {
  const { body } = open(SILENT, { idleTimeoutMs: 10 });
  await assertRejects(() => body.read(), TimeoutError);
});

test("closing a body cancels it and ends the request", async () => {
  const { body, watchdog, isCanceled } = open(SILENT);
  await body.close();
  assert(isCanceled());
  assert(watchdog.signal.aborted);
});

test("a stream delivers all of its items before it fails", async () => {
  const failure = new Error("bad");
  const { body, watchdog, isCanceled } = open(SILENT);
  const stream = toStream(body, batches([[1, 2], [3]], failure));
  assertEquals(await drain(stream), { items: [1, 2, 3], error: failure });
  assert(watchdog.signal.aborted);
  await until(isCanceled, "the body is canceled");
});

test("a slow reader still receives the items that precede a failure", async () => {
  const failure = new Error("bad");
  const reader = toStream(open(SILENT).body, batches([[1, 2, 3]], failure))
    .getReader();
  assertEquals((await reader.read()).value, 1);
  for (let i = 0; i < 5; i++) await turn();
  assertEquals((await reader.read()).value, 2);
  assertEquals((await reader.read()).value, 3);
  assertEquals(await reader.read().catch((error) => error), failure);
});

test("a stream resolves pending reads in order and rejects those after a failure", async () => {
  const failure = new Error("bad");
  const reader = toStream(open(SILENT).body, batches([[1], [2]], failure))
    .getReader();
  const reads = Array.from({ length: 4 }, () => reader.read());
  const results = await Promise.allSettled(reads);
  assertEquals(
    results.map((result) =>
      result.status === "fulfilled" ? result.value.value : result.reason
    ),
    [1, 2, failure, failure],
  );
});

test("a stream that ends releases the caller's signal", async () => {
  const controller = new AbortController();
  const { body, watchdog } = open(SILENT, { signal: controller.signal });
  assertEquals(await drain(toStream(body, batches([[1]]))), { items: [1] });
  const { reason } = watchdog.signal;
  controller.abort("too late");
  assertEquals(watchdog.signal.reason, reason);
});

test("an abort ends a stream at once, even if items are queued", async () => {
  const controller = new AbortController();
  const { body, isCanceled } = open(SILENT, { signal: controller.signal });
  const reader = toStream(body, batches([[1, 2, 3]])).getReader();
  assertEquals((await reader.read()).value, 1);
  const reason = { my: "reason" };
  controller.abort(reason);
  assertStrictEquals(await reader.read().catch((error) => error), reason);
  await until(isCanceled, "the body is canceled");
});

test("an abort rejects a stream's pending read with the signal's reason", async () => {
  const controller = new AbortController();
  const { body } = open(SILENT, { signal: controller.signal });
  async function* chunks() {
    for (let chunk; (chunk = await body.read());) yield [chunk];
  }
  const read = toStream(body, chunks()).getReader().read();
  controller.abort("enough");
  assertEquals(await read.catch((error) => error), "enough");
});

test("canceling a stream cancels its body, whether or not the stream was read", async () => {
  for (const isRead of [false, true]) {
    const { body, watchdog, isCanceled } = open(SILENT);
    const reader = toStream(body, batches([[1, 2]])).getReader();
    if (isRead) await reader.read();
    await reader.cancel();
    assert(isCanceled());
    assert(watchdog.signal.aborted);
  }
});

test("a stream reads its body only on demand", async () => {
  let asked = 0;
  async function* endless() {
    for (;;) yield [await Promise.resolve(asked++)];
  }
  const reader = toStream(open(SILENT).body, endless()).getReader();
  await reader.read();
  for (let i = 0; i < 5; i++) await turn();
  assertEquals(asked, 1);
  await reader.cancel();
});

test("an error thrown by a body's callback is passed through unchanged", async () => {
  const bug = new Error("a bug in onBytes");
  const onBytes = () => {
    throw bug;
  };
  const { body } = open(chunks([1]), { onBytes });
  const error = await body.read().catch((error) => error);
  assertStrictEquals(error, bug);
  assertInstanceOf(error, Error);
  await body.close();
});

test("a stream is iterable even if the runtime's own streams are not", async () => {
  const { body } = open(SILENT);
  const stream = toStream(body, batches([[1, 2], [3]]));
  const restore = withoutIteration();
  const items: number[] = [];
  try {
    for await (const item of stream) items.push(item);
  } finally {
    restore();
  }
  assertEquals(items, [1, 2, 3]);
  assert(!stream.locked);
});

test("a loop continues where a reader stopped", async () => {
  const stream = toStream(open(SILENT).body, batches([[1, 2, 3], [4, 5]]));
  const reader = stream.getReader();
  assertEquals((await reader.read()).value, 1);
  reader.releaseLock();
  assertEquals(await drain(stream), { items: [2, 3, 4, 5] });
});

test("an abort ends a loop at once, even if items are left", async () => {
  const controller = new AbortController();
  const { body, isCanceled } = open(SILENT, { signal: controller.signal });
  const reason = { my: "reason" };
  const items: number[] = [];
  let error: unknown;
  try {
    for await (const item of toStream(body, batches([[1, 2, 3], [4]]))) {
      if (items.push(item) === 2) controller.abort(reason);
    }
  } catch (thrown) {
    error = thrown;
  }
  assertEquals(items, [1, 2]);
  assertStrictEquals(error, reason);
  await until(isCanceled, "the body is canceled");
});

test("leaving a loop over a stream cancels the body and unlocks the stream", async () => {
  const { body, isCanceled } = open(SILENT);
  const stream = toStream(body, batches([[1, 2], [3]]));
  for await (const item of stream) {
    assertEquals(item, 1);
    break;
  }
  assert(isCanceled());
  assert(!stream.locked);
});

test("a stream's iterator that returns before its first item cancels the body", async () => {
  const { body, isCanceled } = open(SILENT);
  const stream = toStream(body, batches([[1, 2]]));
  const iterator = stream[Symbol.asyncIterator]();
  assert(stream.locked);
  await iterator.return?.();
  assert(isCanceled());
  assert(!stream.locked);
});

test("a loop over a stream receives all items before it throws the stream's error", async () => {
  const { body } = open(SILENT);
  const failure = new Error("bad");
  const { items, error } = await drain(
    toStream(body, batches([[1, 2]], failure)),
  );
  assertEquals(items, [1, 2]);
  assertStrictEquals(error, failure);
});

/**
 * Removes the methods that Safari lacks. Returns a function that restores them.
 */
function withoutIteration(): () => void {
  const { prototype } = ReadableStream;
  const names = [Symbol.asyncIterator, "values"] as const;
  const own = names.map((name) =>
    [name, Object.getOwnPropertyDescriptor(prototype, name)] as const
  );
  for (const name of names) Reflect.deleteProperty(prototype, name);
  return () => {
    for (const [name, descriptor] of own) {
      if (descriptor) Object.defineProperty(prototype, name, descriptor);
    }
  };
}
