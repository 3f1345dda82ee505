import { assert, assertEquals, assertRejects } from "@std/assert";
import { cleanStop } from "../../src/cli/clean_stop.ts";
import { test } from "../support/test.ts";

const STREAM = "https://immich.test/api/sync/stream";

/** A body that always has unread data. */
function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: "bytes",
    pull: (controller) => controller.enqueue(new Uint8Array(1_000)),
  });
}

test("an interrupt ends a stream that has unread data, then the run", async () => {
  const interrupt = new AbortController();
  const fetch = () => Promise.resolve(new Response(endless()));
  const stop = cleanStop(fetch, interrupt.signal);
  stop.onState("streaming");
  const { body } = await stop.fetch(STREAM, {});
  const reader = body!.getReader();
  assert((await reader.read()).value!.length > 0);
  interrupt.abort(new Error("Ctrl-C"));
  await assertRejects(() => reader.read(), Error, "Ctrl-C");
  // The run still acknowledges what is stored.
  assertEquals(stop.signal.aborted, false);
  stop.onState("retrying");
  assertEquals(stop.signal.aborted, true);
});

test("an interrupt between two streams ends the run at once", () => {
  const interrupt = new AbortController();
  const stop = cleanStop(() => Promise.reject(), interrupt.signal);
  stop.onState("complete");
  interrupt.abort();
  assertEquals(stop.signal.aborted, true);
});

test("an uninterrupted stream arrives unchanged, and can be canceled", async () => {
  const { signal } = new AbortController();
  const text = "ä".repeat(100_000);
  const { fetch } = cleanStop(
    () => Promise.resolve(new Response(text)),
    signal,
  );
  assertEquals(await (await fetch(STREAM, {})).text(), text);
  const stop = cleanStop(
    () => Promise.resolve(new Response(endless())),
    signal,
  );
  await (await stop.fetch(STREAM, {})).body!.cancel();
});
