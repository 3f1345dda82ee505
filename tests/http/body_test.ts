import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { ConnectionError, TimeoutError } from "../../src/errors/mod.ts";
import { BodyReader } from "../../src/http/body.ts";
import { Watchdog } from "../../src/http/watchdog.ts";
import { LONG_MS } from "../support/timeouts.ts";
import { test } from "../support/test.ts";
import { openBody, SILENT } from "../support/watched_body.ts";

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

test("a body is read chunk by chunk, and the size of each chunk is reported", async () => {
  const counts: number[] = [];
  const onBytes = (bytes: number) => counts.push(bytes);
  const { body } = openBody(chunks([3, 0, 5]), { onBytes });
  for (const length of [3, 0, 5]) {
    assertEquals((await body.read())?.length, length);
  }
  assertEquals(await body.read(), undefined);
  assertEquals(counts, [3, 0, 5]);
  await body.close();
});

test("a body chunk of more than 64 KiB is passed on in pieces", async () => {
  const counts: number[] = [];
  const { body } = openBody(chunks([150_000, 0, 3]), {
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
  const { body } = openBody(chunks([1], cause));
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
  const { body } = openBody(SILENT, { idleTimeoutMs: 10 });
  await assertRejects(() => body.read(), TimeoutError);
});

test("closing a body cancels it and ends the request", async () => {
  const { body, watchdog, isCanceled } = openBody(SILENT);
  await body.close();
  assert(isCanceled());
  assert(watchdog.signal.aborted);
});

test("an error thrown by a body's callback is passed through unchanged", async () => {
  const bug = new Error("a bug in onBytes");
  const onBytes = () => {
    throw bug;
  };
  const { body } = openBody(chunks([1]), { onBytes });
  const error = await body.read().catch((error) => error);
  assertStrictEquals(error, bug);
  assertInstanceOf(error, Error);
  await body.close();
});
