/** What a run does while a server sends nothing. */
import { assertEquals } from "@std/assert";
import { takesLong } from "../../src/sync/silence.ts";
import { sync } from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { test } from "../support/test.ts";

test("takesLong returns false for a promise that has settled", async () => {
  assertEquals(await takesLong(Promise.resolve()), false);
  assertEquals(await takesLong(Promise.reject(new Error("failed"))), false);
});

test("a run flushes what has arrived if its server then sends nothing", async () => {
  const server = new FakeImmich();
  for (let i = 0; i < 50; i++) server.library.addAsset();
  server.inject({ type: "stall", atByte: 20_000, on: "stream" });
  const abort = new AbortController();
  const reason = new Error("stored");
  let processed = 0;
  const run = sync(server.createSession(), ["AssetsV2"], {
    process: ({ events }) => void (processed += events.length),
    flush() {
      if (processed > 0) abort.abort(reason);
    },
    reset() {},
  }, {
    fetch: server.fetch,
    signal: abort.signal,
    batchSize: 5,
    ack: { every: false, intervalMs: false },
    idleTimeoutMs: false,
  });
  assertEquals(await run.catch((error) => error), reason);
  assertEquals(processed % 5, 0);
});
