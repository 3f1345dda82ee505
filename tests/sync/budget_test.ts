/** Runs with a limited number of requests or limited time. */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  ConnectionError,
  type Fetch,
  HttpError,
  type ServerVersion,
  sync,
  type SyncOptions,
  type SyncProcessor,
} from "../../mod.ts";
import { syncBatchesWith } from "../../src/sync/sync.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { Clock, HOUR_MS } from "../support/clock.ts";
import { testEnv } from "../support/env.ts";
import { later } from "../support/events.ts";
import { SESSION } from "../support/fetch.ts";
import { assets, COMPLETE, event, play, scripted } from "../support/script.ts";
import { test } from "../support/test.ts";

/** Acknowledges after every batch of one row. */
const ACK_EACH = { batchSize: 1, ack: { every: 1 } };
/** Acknowledges at the end, and earlier only where required. */
const ACK_AT_END = {
  batchSize: 1,
  ack: { every: false, intervalMs: false },
} as const;
const INTERRUPTION = new ConnectionError("Cannot read", { cause: undefined });

const BUSY = new HttpError("Cannot acknowledge: the server is busy", {
  status: 429,
  retryAfterMs: 60_000,
});

test("a run ends after the ack request that uses up its budget", async () => {
  const states: string[] = [];
  let left = 0;
  const { log, result } = await play(
    {
      streams: [[...assets(1, 2, 3, 4, 5, 6), COMPLETE]],
      onLeave: () => left++,
    },
    {
      ...ACK_EACH,
      budget: { requests: 4 },
      onProgress: ({ state }) => states.push(state),
    },
  );
  assertEquals(log, [
    "open AssetsV2",
    "store AssetV2 1",
    "ack AssetV2|1",
    "store AssetV2 2",
    "ack AssetV2|2",
    "store AssetV2 3",
    "ack AssetV2|3",
  ]);
  const { complete, more, counts } = result!;
  assertEquals([complete, more, counts.AssetV2], [false, true, 3]);
  assertEquals(states.at(-1), "paused");
  assertEquals(left, 1);
});

test("a sufficient budget does not change a run", async () => {
  using clock = new Clock();
  const script = () => [[...assets(1, 2, 3), COMPLETE]];
  const expected = await play(script(), ACK_EACH);
  assertEquals(expected.result?.more, false);
  // The second time is too long for a timer.
  for (const durationMs of [2 * HOUR_MS, 2 ** 40]) {
    const budget = { requests: 5, durationMs };
    let timers = 0;
    const limited = await play(script(), {
      ...ACK_EACH,
      budget,
      onProgress() {
        timers = Math.max(timers, clock.timers);
      },
    });
    assertEquals(limited, expected);
    assert(timers > 0 && clock.longestMs < 2 ** 31);
    assertEquals(clock.timers, 0, "a timer is left");
  }
});

test("a run with a budget reserves a request for the acks after each stream", async () => {
  const page = assets(...Array.from({ length: 100 }, (_, i) => i));
  const { log, result } = await play(
    [[...page, COMPLETE], [...assets(100), COMPLETE]],
    { ...ACK_AT_END, batchSize: 1000, budget: { requests: 4 } },
  );
  assertEquals([log.length, result?.complete], [6, true]);
  const three = await play(
    [INTERRUPTION, [...page, COMPLETE], [COMPLETE]],
    { ...ACK_AT_END, batchSize: 1000, budget: { requests: 4 } },
  );
  assertEquals(three.log.at(-1), "ack AssetV2|99");
  assertEquals(three.result?.more, true);
});

test("a budget ends a loop over batches, and the loop still gets a result", async () => {
  const { log, source } = scripted({
    streams: [[...assets(1, 2, 3, 4), COMPLETE]],
  });
  const options = { source, ...ACK_EACH, budget: { requests: 4 } };
  const batches = syncBatchesWith(SESSION, ["AssetsV2"], options, testEnv());
  let stored = 0;
  while (true) {
    const { done, value } = await batches.next();
    if (done) {
      assertEquals([value.more, stored], [true, 4]);
      break;
    }
    // The first batch is never acknowledged alone.
    if (++stored > 1) await value.ack();
  }
  assertEquals(log, [
    "open AssetsV2",
    "ack AssetV2|2",
    "ack AssetV2|3",
    "ack AssetV2|4",
  ]);
});

test("a run with no requests left does not retry", async () => {
  const { log, error } = await play(
    [[...assets(1), INTERRUPTION], INTERRUPTION, [COMPLETE]],
    { ...ACK_AT_END, budget: { requests: 4 } },
  );
  assertStrictEquals(error, INTERRUPTION);
  assertEquals(log, [
    "open AssetsV2",
    "store AssetV2 1",
    "ack AssetV2|1",
    "wait 500",
    "open AssetsV2",
  ]);
});

test("a run fails instead of waiting beyond its budget's time limit", async () => {
  for (const isShort of [true, false]) {
    const { log, error } = await play(
      [[...assets(1), BUSY], [COMPLETE]],
      { ...ACK_AT_END, budget: { durationMs: isShort ? 60_000 : 60_001 } },
      () => ({}),
      { now: () => 0 },
    );
    assertEquals(log.slice(0, 3), [
      "open AssetsV2",
      "store AssetV2 1",
      "ack AssetV2|1",
    ]);
    assertEquals(log.includes("wait 60000"), !isShort);
    assertStrictEquals(error, isShort ? BUSY : undefined);
  }
});

test("a run ends with its last ack's error if its budget allows no retry", async () => {
  const { log, error } = await play(
    {
      streams: [[...assets(1, 2), COMPLETE]],
      ackFailures: [undefined, undefined, BUSY],
    },
    { ...ACK_EACH, budget: { requests: 4 } },
  );
  assertStrictEquals(error, BUSY);
  assertEquals(log.at(-1), "ack SyncCompleteV1|9 failed");
  const afterTime = await playSlow({}, { ackFailures: [BUSY] });
  assertStrictEquals(afterTime.error, BUSY);
});

/**
 * Runs with a processor that uses up the time while processing the second row.
 */
async function playSlow(
  options: SyncOptions,
  { ackFailures = [] as Error[] } = {},
) {
  let now = 0;
  let left = 0;
  const played = await play(
    {
      streams: [[...assets(1, 2, 3, 4, 5, 6, 7, 8), COMPLETE], [COMPLETE]],
      ackFailures,
      onLeave: () => left++,
    },
    { ...ACK_AT_END, budget: { durationMs: 1000 }, ...options },
    (log) => ({
      process({ events }) {
        const [{ ack } = { ack: "" }] = events;
        log.push(`store ${ack}`);
        if (ack === "AssetV2|2") now += 1000;
      },
    }),
    { now: () => now },
  );
  return { ...played, left };
}

test("a clock that is set back does not extend a budget's time limit", async () => {
  let now = 100_000;
  const { error } = await play(
    [[...assets(1), BUSY], [COMPLETE]],
    { ...ACK_AT_END, budget: { durationMs: 60_000 } },
    () => ({ process: () => void (now = 0) }),
    { now: () => now },
  );
  assertStrictEquals(error, BUSY);
});

test("no request is sent and no full sync begins if no time is left", async () => {
  let now = 0;
  const { log, source } = scripted({ streams: [] });
  const logged: SyncOptions["source"] = {
    ...source,
    serverVersion() {
      log.push("version");
      now += 1000;
      return Promise.resolve({ major: 3, minor: 1, patch: 0 });
    },
    deleteSyncAcks: () => Promise.resolve(void log.push("forget")),
  };
  for (const isEarly of [true, false]) {
    const { result } = await play(
      [],
      {
        source: logged,
        full: true,
        budget: { durationMs: 1000 },
      },
      () => ({ accept: () => void (now += isEarly ? 1000 : 0) }),
      {
        now: () => now,
      },
    );
    assertEquals(log, isEarly ? [] : ["version"]);
    assertEquals([result?.more, result?.lastFullAt], [true, undefined]);
  }
});

test("a run that has no time left ends after the current batch", async () => {
  const { log, result, left } = await playSlow({});
  assertEquals(log, [
    "open AssetsV2",
    "store AssetV2|1",
    "store AssetV2|2",
    "ack AssetV2|2",
  ]);
  assertEquals([result?.more, left], [true, 1]);
});

test("a budget does not interrupt a stream if acks wait for the stream's end", async () => {
  const { log, result, left } = await playSlow({ ack: "complete" });
  assertEquals(log.at(-1), "ack AssetV2|8 SyncCompleteV1|9");
  assertEquals([result?.complete, left], [true, 0]);
});

test("a budget's time limit does not interrupt a processor", async () => {
  using clock = new Clock();
  const begun = later();
  const finish = later();
  const options = { ...ACK_AT_END, budget: { durationMs: 2 * HOUR_MS } };
  const playing = play([[...assets(1, 2), COMPLETE]], options, (log) => ({
    async process() {
      begun.resolve();
      await finish.promise;
      log.push("stored");
    },
  }));
  await begun.promise;
  await clock.pass(3 * HOUR_MS);
  finish.resolve();
  const { log, result } = await playing;
  assertEquals(log, ["open AssetsV2", "stored", "ack AssetV2|1"]);
  assertEquals(result?.more, true);
});

/**
 * Returns a `fetch` that never responds to requests whose path ends with the
 * given string.
 */
function silent(server: FakeImmich, end: string): Fetch {
  return (url, init) => {
    if (!url.endsWith(end)) return server.fetch(url, init);
    return new Promise((_, reject) => {
      const { signal } = init;
      signal?.addEventListener("abort", () => reject(signal.reason));
    });
  };
}

test("a budget's time limit ends a run even if the server is silent", async () => {
  const server = new FakeImmich();
  for (let i = 0; i < 10; i++) server.library.addAsset();
  const session = server.createSession();
  const ids = new Set<string>();
  const processor: SyncProcessor<"AssetsV2"> = {
    process({ type, events }) {
      if (type !== "AssetV2") return;
      for (const { data } of events) ids.add(data.id);
    },
    reset: () => ids.clear(),
  };
  const run = (options: SyncOptions = {}) =>
    sync(session, ["AssetsV2"], processor, {
      fetch: server.fetch,
      batchSize: 1,
      idleTimeoutMs: false,
      ...options,
    });
  using clock = new Clock();
  for (const where of ["/version", "/stream", "in a stream"]) {
    if (where === "in a stream") server.inject({ type: "stall", atByte: 2000 });
    const running = run({
      budget: { durationMs: 2 * HOUR_MS },
      fetch: silent(server, where),
    });
    await clock.passUntil(running);
    const { more, complete, counts } = await running;
    assertEquals([more, complete], [true, false], where);
    assertEquals(ids.size, counts.AssetV2 ?? 0);
    assertEquals(ids.size > 0, where === "in a stream");
    assertEquals([server.openStreams, clock.timers], [0, 0]);
  }
  const { complete, counts } = await run();
  assert(complete && counts.AssetV2! < 10, "acknowledged rows were sent again");
  assertEquals(ids.size, 10);
});

test("an abort ends a run with the signal's reason even if the run has a budget", async () => {
  const server = new FakeImmich();
  const { promise: asked, resolve } = later();
  const abort = new AbortController();
  const reason = new Error("stopped by the user");
  const fetch = silent(server, "/stream");
  const running = sync(server.createSession(), ["AssetsV2"], {
    process() {},
    reset() {},
  }, {
    fetch(url, init) {
      if (url.endsWith("/stream")) resolve();
      return fetch(url, init);
    },
    signal: abort.signal,
    budget: { durationMs: HOUR_MS },
  }).catch((error) => error);
  await asked;
  abort.abort(reason);
  assertStrictEquals(await running, reason);
});

test("the version request is not retried if no budget would be left for a stream", async () => {
  let versions = 0;
  const { source } = scripted({ streams: [[COMPLETE]] });
  const serverVersion = () => {
    versions++;
    return Promise.reject<ServerVersion>(INTERRUPTION);
  };
  const { error } = await play([], {
    source: { ...source, serverVersion },
    budget: { requests: 4 },
  });
  assertStrictEquals(error, INTERRUPTION);
  assertEquals(versions, 1);
});

test("a full sync that was ended by a budget continues if lastFullAt is passed on", async () => {
  const everyMs = 1000;
  const { log, source } = scripted({
    streams: [
      [...assets(1, 2, 3, 4, 5), COMPLETE],
      [...assets(4, 5), COMPLETE],
    ],
  });
  const options = { source, ...ACK_EACH, budget: { requests: 4 } };
  const first = await play(
    [],
    {
      ...options,
      full: { everyMs, lastFullAt: undefined },
    },
    () => ({}),
    { now: () => 5000 },
  );
  assertEquals([first.result?.more, first.result?.lastFullAt], [true, 5000]);
  const lastFullAt = first.result?.lastFullAt;
  const second = await play(
    [],
    {
      ...options,
      full: { everyMs, lastFullAt },
    },
    () => ({}),
    { now: () => 5500 },
  );
  assertEquals([second.result?.more, second.result?.lastFullAt], [false, 5000]);
  assertEquals(log.filter((line) => line.startsWith("open")), [
    "open AssetsV2 from the beginning",
    "open AssetsV2",
  ]);
});

test("a reset without an ack is followed by its stream even with the smallest budget", async () => {
  const { log, source } = scripted({
    streams: [[event("SyncResetV1", "")], [...assets(1), COMPLETE]],
  });
  const serverVersion = () =>
    Promise.resolve({ major: 1, minor: 136, patch: 0 });
  const { result } = await play([], {
    source: { ...source, serverVersion },
    ...ACK_AT_END,
    budget: { requests: 4 },
  });
  assertEquals(log, [
    "open AssetsV1",
    "open AssetsV1 from the beginning",
    "ack AssetV2|1 SyncCompleteV1|9",
  ]);
  assertEquals([result?.more, result?.resets], [false, 1]);
});
