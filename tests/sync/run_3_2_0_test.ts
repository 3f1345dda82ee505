/**
 * Invariant 6 on 3.2.0 servers, where each request that the client ends leaks a
 * connection.
 */
import { assertEquals, assertStrictEquals } from "@std/assert";
import { ConnectionError, type ServerVersion } from "../../mod.ts";
import { Clock, HOUR_MS } from "../support/clock.ts";
import { turn } from "../support/events.ts";
import { assets, COMPLETE, play } from "../support/script.ts";
import { test } from "../support/test.ts";

const LEAKING: ServerVersion = { major: 3, minor: 2, patch: 0 };
/** The versions before and after 3.2.0. */
const OTHERS: ServerVersion[] = [
  { major: 3, minor: 1, patch: 9 },
  { major: 3, minor: 2, patch: 1 },
];

/** Counts the streams of a run whose consumer is slow at the first batch. */
async function playSlow(serverVersion: ServerVersion) {
  using clock = new Clock();
  let left = 0;
  let isFirst = true;
  const { result, error } = await play(
    {
      streams: [[...assets(1, 2, 3, 4, 5, 6, 7, 8), COMPLETE], [COMPLETE]],
      onLeave: () => left++,
    },
    { batchSize: 1, maxPauseMs: HOUR_MS, serverVersion },
    () => ({
      async process() {
        if (!isFirst) return;
        isFirst = false;
        // The queue fills up.
        for (let i = 0; i < 10; i++) await turn();
        await clock.pass(2 * HOUR_MS);
        for (let i = 0; i < 10; i++) await turn();
      },
    }),
  );
  assertEquals(error, undefined);
  return { left, stored: result?.counts.AssetV2 };
}

test("6: a stream of a 3.2.0 server is not interrupted even if the consumer is slow", async () => {
  assertEquals(await playSlow(LEAKING), { left: 0, stored: 8 });
  for (const version of OTHERS) {
    assertEquals((await playSlow(version)).left, 1);
  }
});

/** Counts the streams of a run in which one ack fails. */
async function playFailedAck(serverVersion: ServerVersion) {
  const { log, result } = await play({
    streams: [[...assets(1, 2, 3), COMPLETE], [COMPLETE]],
    ackFailures: [new ConnectionError("Cannot acknowledge", { cause: null })],
  }, { ack: { every: 1 }, batchSize: 1, serverVersion });
  assertEquals(log.filter((line) => line.includes("failed")).length, 1);
  return result?.attempts;
}

test("6: a stream of a 3.2.0 server is not interrupted if an ack fails", async () => {
  assertEquals(await playFailedAck(LEAKING), 1);
  for (const version of OTHERS) assertEquals(await playFailedAck(version), 2);
});

test("6: a stream of a 3.2.0 server ends at an abort", async () => {
  const abort = new AbortController();
  let left = 0;
  const { error } = await play(
    { streams: [[...assets(1, 2, 3, 4), COMPLETE]], onLeave: () => left++ },
    { batchSize: 1, signal: abort.signal, serverVersion: LEAKING },
    () => ({ process: () => abort.abort() }),
  );
  assertStrictEquals(error, abort.signal.reason);
  assertEquals(left, 1);
});
