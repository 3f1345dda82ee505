/**
 * Invariant 6 on 3.2.0 servers, which leak a database connection for each
 * request that is ended early.
 */
import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  ConnectionError,
  HttpError,
  type ServerVersion,
  type SyncOptions,
} from "../../mod.ts";
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

/**
 * Runs with a consumer that is slow at the first batch, and counts the streams.
 */
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

test("6: a 3.2.0 server's stream is not interrupted even if the consumer is slow", async () => {
  assertEquals(await playSlow(LEAKING), { left: 0, stored: 8 });
  for (const version of OTHERS) {
    assertEquals((await playSlow(version)).left, 1);
  }
});

/** Runs with one failing ack, and counts the streams. */
async function playFailedAck(serverVersion: ServerVersion) {
  const { log, result } = await play({
    streams: [[...assets(1, 2, 3), COMPLETE], [COMPLETE]],
    ackFailures: [new ConnectionError("Cannot acknowledge", { cause: null })],
  }, { ack: { every: 1 }, batchSize: 1, serverVersion });
  assertEquals(log.filter((line) => line.includes("failed")).length, 1);
  return result?.streams;
}

test("6: a 3.2.0 server's stream is not interrupted if an ack fails", async () => {
  assertEquals(await playFailedAck(LEAKING), 1);
  for (const version of OTHERS) assertEquals(await playFailedAck(version), 2);
});

test("6: a 3.2.0 server's stream ends when it is aborted", async () => {
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

/** Runs with a budget that is used up at the second row. */
async function playBudget(
  serverVersion: ServerVersion,
  budget: SyncOptions["budget"],
  ackFailures: (Error | undefined)[] = [],
) {
  let now = 0;
  let left = 0;
  const { log, result, error } = await play(
    {
      streams: [[...assets(1, 2, 3, 4, 5, 6, 7, 8), COMPLETE]],
      ackFailures,
      onLeave: () => left++,
    },
    { batchSize: 1, ack: { every: 1 }, budget: budget!, serverVersion },
    () => ({
      process({ events }) {
        if (events[0]?.ack === "AssetV2|2") now += HOUR_MS;
      },
    }),
    { now: () => now },
  );
  const acks = log.filter((line) => line.startsWith("ack"));
  return { left, stored: result?.counts.AssetV2, acks, result, error };
}

test("6: a 3.2.0 server's stream is not interrupted by a budget", async () => {
  const requests = { requests: 4 };
  const { left, stored, acks } = await playBudget(LEAKING, requests);
  assertEquals({ left, stored, acks }, {
    left: 0,
    stored: 8,
    acks: ["ack AssetV2|1", "ack AssetV2|2", "ack AssetV2|8 SyncCompleteV1|9"],
  });
  const slow = await playBudget(LEAKING, { durationMs: HOUR_MS });
  assertEquals([slow.left, slow.stored], [0, 8]);
  for (const version of OTHERS) {
    for (const budget of [requests, { durationMs: HOUR_MS }]) {
      const { left, result } = await playBudget(version, budget);
      assertEquals([left, result?.more], [1, true]);
    }
  }
});

test("6: a 3.2.0 server's stream is not interrupted if a budget allows no retry", async () => {
  const busy = new HttpError("Cannot acknowledge", {
    status: 429,
    retryAfterMs: 2 * HOUR_MS,
  });
  const budget = { durationMs: HOUR_MS };
  const once = await playBudget(LEAKING, budget, [busy]);
  assertEquals([once.left, once.stored], [0, 8]);
  assertEquals(once.acks, [
    "ack AssetV2|1 failed",
    "ack AssetV2|8 SyncCompleteV1|9",
  ]);
  const lost = new ConnectionError("Cannot acknowledge", { cause: null });
  const last = await playBudget(LEAKING, { requests: 4 }, [undefined, lost]);
  assertEquals(last.acks, [
    "ack AssetV2|1",
    "ack AssetV2|2 failed",
    "ack AssetV2|8 SyncCompleteV1|9",
  ]);
  const twice = await playBudget(LEAKING, budget, [busy, busy]);
  assertStrictEquals(twice.error, busy);
  assertEquals([twice.left, twice.acks.length], [0, 2]);
});
