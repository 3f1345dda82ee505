import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { toStream } from "../../src/http/iterable_stream.ts";
import { turn, until } from "../support/events.ts";
import { drain } from "../support/fetch.ts";
import { test } from "../support/test.ts";
import { openBody, SILENT } from "../support/watched_body.ts";

/** Yields batches of numbers, then ends or fails. */
async function* batches(numbers: number[][], error?: unknown) {
  yield* numbers;
  // Fails some time after the read.
  await turn();
  if (error !== undefined) throw error;
}

test("a stream delivers all of its items before it fails", async () => {
  const failure = new Error("bad");
  const { body, watchdog, isCanceled } = openBody(SILENT);
  const stream = toStream(body, batches([[1, 2], [3]], failure));
  assertEquals(await drain(stream), { items: [1, 2, 3], error: failure });
  assert(watchdog.signal.aborted);
  await until(isCanceled, "the body is canceled");
});

test("a slow reader still receives the items that precede a failure", async () => {
  const failure = new Error("bad");
  const reader = toStream(openBody(SILENT).body, batches([[1, 2, 3]], failure))
    .getReader();
  assertEquals((await reader.read()).value, 1);
  for (let i = 0; i < 5; i++) await turn();
  assertEquals((await reader.read()).value, 2);
  assertEquals((await reader.read()).value, 3);
  assertEquals(await reader.read().catch((error) => error), failure);
});

test("a stream resolves pending reads in order and rejects those after a failure", async () => {
  const failure = new Error("bad");
  const reader = toStream(openBody(SILENT).body, batches([[1], [2]], failure))
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
  const { body, watchdog } = openBody(SILENT, { signal: controller.signal });
  assertEquals(await drain(toStream(body, batches([[1]]))), { items: [1] });
  const { reason } = watchdog.signal;
  controller.abort("too late");
  assertEquals(watchdog.signal.reason, reason);
});

test("an abort ends a stream at once, even if items are queued", async () => {
  const controller = new AbortController();
  const { body, isCanceled } = openBody(SILENT, { signal: controller.signal });
  const reader = toStream(body, batches([[1, 2, 3]])).getReader();
  assertEquals((await reader.read()).value, 1);
  const reason = { my: "reason" };
  controller.abort(reason);
  assertStrictEquals(await reader.read().catch((error) => error), reason);
  await until(isCanceled, "the body is canceled");
});

test("an abort rejects a stream's pending read with the signal's reason", async () => {
  const controller = new AbortController();
  const { body } = openBody(SILENT, { signal: controller.signal });
  async function* chunks() {
    for (let chunk; (chunk = await body.read());) yield [chunk];
  }
  const read = toStream(body, chunks()).getReader().read();
  controller.abort("enough");
  assertEquals(await read.catch((error) => error), "enough");
});

test("canceling a stream cancels its body, whether or not the stream was read", async () => {
  for (const isRead of [false, true]) {
    const { body, watchdog, isCanceled } = openBody(SILENT);
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
  const reader = toStream(openBody(SILENT).body, endless()).getReader();
  await reader.read();
  for (let i = 0; i < 5; i++) await turn();
  assertEquals(asked, 1);
  await reader.cancel();
});

test("a stream is iterable even if the runtime's own streams are not", async () => {
  const { body } = openBody(SILENT);
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
  const stream = toStream(openBody(SILENT).body, batches([[1, 2, 3], [4, 5]]));
  const reader = stream.getReader();
  assertEquals((await reader.read()).value, 1);
  reader.releaseLock();
  assertEquals(await drain(stream), { items: [2, 3, 4, 5] });
});

test("an abort ends a loop at once, even if items are left", async () => {
  const controller = new AbortController();
  const { body, isCanceled } = openBody(SILENT, { signal: controller.signal });
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
  const { body, isCanceled } = openBody(SILENT);
  const stream = toStream(body, batches([[1, 2], [3]]));
  for await (const item of stream) {
    assertEquals(item, 1);
    break;
  }
  assert(isCanceled());
  assert(!stream.locked);
});

test("a stream's iterator that returns before its first item cancels the body", async () => {
  const { body, isCanceled } = openBody(SILENT);
  const stream = toStream(body, batches([[1, 2]]));
  const iterator = stream[Symbol.asyncIterator]();
  assert(stream.locked);
  await iterator.return?.();
  assert(isCanceled());
  assert(!stream.locked);
});

test("a loop over a stream receives all items before it throws the stream's error", async () => {
  const { body } = openBody(SILENT);
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
