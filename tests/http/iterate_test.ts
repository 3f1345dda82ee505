import { assert, assertEquals } from "@std/assert";
import { iterate } from "../../src/http/iterate.ts";
import { turn } from "../support/events.ts";
import { test } from "../support/test.ts";

/**
 * Iterates over arrays of numbers. Only the first number in each array goes
 * through the stream's queue.
 */
function iterateArrays(arrays: number[][], error?: unknown) {
  let rest: Iterator<number, undefined> = [].values();
  let isCanceled = false;
  const pending = arrays.values();
  const stream = new ReadableStream<number>({
    async pull(controller) {
      let next = rest.next();
      if (next.done) {
        await turn();
        rest = (pending.next().value ?? []).values();
        next = rest.next();
      }
      if (!next.done) controller.enqueue(next.value);
      else if (error === undefined) controller.close();
      else controller.error(error);
    },
    cancel() {
      isCanceled = true;
    },
  }, { highWaterMark: 0 });
  const iterator = iterate(stream.getReader(), () => rest.next());
  return { iterator, stream, isCanceled: () => isCanceled };
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

test("items arrive in order, and the stream is unlocked at its end", async () => {
  const { iterator, stream } = iterateArrays([[1, 2, 3], [4], [5, 6]]);
  for (const value of [1, 2, 3, 4, 5, 6]) {
    assert(stream.locked);
    assertEquals(await iterator.next(), { done: false, value });
  }
  assertEquals(await iterator.next(), END);
  assert(!stream.locked);
  assertEquals(await iterator.next(), END);
});

test("items arrive in order even if several are requested at once", async () => {
  const numbers = Array.from({ length: 50 }, (_, i) => i);
  for (const atOnce of [2, 3, 7]) {
    const arrays = [numbers.slice(0, 20), numbers.slice(20, 21)];
    const { iterator } = iterateArrays([...arrays, numbers.slice(21)]);
    const results: Promise<IteratorResult<number, undefined>>[] = [];
    while (results.length < numbers.length + 2) {
      for (let i = 0; i < atOnce; i++) results.push(iterator.next());
      // The next requests begin while some of these are pending.
      await results.at(-atOnce);
    }
    const values = (await Promise.all(results)).map(({ value }) => value);
    assertEquals(values.slice(0, numbers.length), numbers);
    const others = values.slice(numbers.length);
    assert(others.every((value) => value === undefined));
  }
});

test("a failure is reported after all items and only once", async () => {
  const failure = new Error("bad");
  const { iterator, stream } = iterateArrays([[1, 2]], failure);
  const results = Array.from({ length: 5 }, () => iterator.next());
  const settled = await Promise.allSettled(results);
  assertEquals(
    settled.map((result) =>
      result.status === "fulfilled" ? result.value.value : result.reason
    ),
    [1, 2, failure, undefined, undefined],
  );
  assertEquals(await iterator.next(), END);
  assert(!stream.locked);
});

test("a return cancels the stream and drops the items that are left", async () => {
  const { iterator, stream, isCanceled } = iterateArrays([[1, 2, 3]]);
  assertEquals((await iterator.next()).value, 1);
  assertEquals(await iterator.return!(), END);
  assert(isCanceled());
  assert(!stream.locked);
  assertEquals(await iterator.next(), END);
  assertEquals(await iterator.return!(), END);
});

test("a return does not wait for a pending item", async () => {
  const stream = new ReadableStream<number>();
  const iterator = iterate(stream.getReader(), () => [].values().next());
  const next = iterator.next();
  assertEquals(await iterator.return!(), END);
  assertEquals(await next, END);
  assert(!stream.locked);
});
