/** Invalid arguments are rejected before any request. */
import { assertEquals, assertRejects } from "@std/assert";
import {
  sync,
  syncBatches,
  type SyncOptions,
  type SyncProcessor,
  type SyncSource,
} from "../../mod.ts";
import { refusing, SESSION } from "../support/fetch.ts";
import { test } from "../support/test.ts";

const PROCESSOR = { process() {}, reset() {} };

test("sync options that are out of range are rejected", async () => {
  const cases: SyncOptions[] = [
    { batchSize: 0 },
    { batchSize: "5" as unknown as number },
    { batchSize: false as unknown as number },
    { compression: "br" as "gzip" },
    { maxLineBytes: 0 },
    { retry: { attempts: NaN } },
    { retry: { maxWaitMs: -1 } },
    { retry: { delayMs: -1 } },
    { retry: { maxDelayMs: Infinity } },
    { maxPauseMs: 0 },
    { ack: { every: -1 } },
    { ack: { intervalMs: -1 } },
    { maxResets: -1 },
    { onPoison: "ignore" as "skip" },
    { budget: { requests: 3 } },
    { budget: { requests: NaN } },
    { budget: { durationMs: 0 } },
    { budget: { durationMs: Infinity } },
    { full: "wip" as "wipe" },
    { full: { everyMs: -1, lastFullAt: undefined } },
    { full: { everyMs: 1, lastFullAt: NaN } },
  ];
  for (const options of cases) {
    await assertRejects(
      () =>
        sync(SESSION, ["AssetsV2"], PROCESSOR, { fetch: refusing, ...options }),
      RangeError,
      "Cannot sync: ",
    );
  }
});

test("a budget too small to store anything is rejected with the required minimum", async () => {
  const budget = { requests: 3 };
  const error = await assertRejects(
    () => sync(SESSION, ["AssetsV2"], PROCESSOR, { fetch: refusing, budget }),
    RangeError,
  );
  assertEquals(
    error.message,
    "Cannot sync: budget.requests must be a number of at least 4, received 3",
  );
});

test("an unknown sync option is rejected, and the error suggests a correction", async () => {
  const cases = {
    '"batchsize" is not an option. Did you mean "batchSize"?': { batchsize: 1 },
    '"retry.attempt" is not an option. Did you mean "retry.attempts"?': {
      retry: { attempt: 1 },
    },
    '"ack.interval" is not an option. Did you mean "ack.intervalMs"?': {
      ack: { interval: 1 },
    },
    '"budget.request" is not an option. Did you mean "budget.requests"?': {
      budget: { request: 50 },
    },
    '"full.every" is not an option. Did you mean "full.everyMs"?': {
      full: { every: 1 },
    },
    "ack must be an object, received string": { ack: "completed" },
    "options must be an object, received null": null,
  };
  for (const [message, options] of Object.entries(cases)) {
    const { message: actual } = await assertRejects(
      () => sync(SESSION, ["AssetsV2"], PROCESSOR, options as SyncOptions),
      TypeError,
    );
    assertEquals(actual, `Cannot sync: ${message}`);
    await assertRejects(
      () => syncBatches(SESSION, ["AssetsV2"], options as SyncOptions).next(),
      TypeError,
      message,
    );
  }
});

test("a server version that is not an object with three integers is rejected", async () => {
  const versions = ["3.1.0", {}, { major: 3 }, { major: "3" }, true, 3, null];
  for (const version of versions) {
    const options = { fetch: refusing, serverVersion: version as false };
    await assertRejects(
      () => sync(SESSION, ["AssetsV2"], PROCESSOR, options),
      TypeError,
      "Cannot use the server's version: ",
    );
  }
});

test("misspelled request types are rejected with a suggestion", async () => {
  const error = await assertRejects(
    () => sync(SESSION, ["AssetV2" as "AssetsV2"], PROCESSOR),
    RangeError,
  );
  assertEquals(
    error.message,
    'Cannot open the sync stream: "AssetV2" is not a request type. Did you mean "AssetsV2"?',
  );
  await assertRejects(() => sync(SESSION, [], PROCESSOR), RangeError);
});

test("a processor that lacks a required function is rejected", async () => {
  const cases = [
    undefined,
    {},
    { process() {} },
    { ...PROCESSOR, begin() {} },
    { ...PROCESSOR, flush: true },
    { ...PROCESSOR, accept: "all" },
  ] as SyncProcessor[];
  for (const processor of cases) {
    await assertRejects(
      () => sync(SESSION, ["AssetsV2"], processor),
      TypeError,
      "Cannot sync: ",
    );
  }
});

test("a source that lacks a required function is rejected", async () => {
  for (const value of [null, {}, { syncStream() {} }, { syncAck() {} }]) {
    const source = value as unknown as SyncSource;
    await assertRejects(
      () => sync(SESSION, ["AssetsV2"], PROCESSOR, { source }),
      TypeError,
      'Cannot sync: the source must have the functions "syncStream" and "syncAck"',
    );
  }
});
