import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  type AckableBatch,
  ConnectionError,
  syncBatches,
  type SyncOptions,
  type SyncSource,
} from "../../mod.ts";
import { syncBatchesWith } from "../../src/sync/sync.ts";
import { testEnv } from "../support/env.ts";
import { turn } from "../support/events.ts";
import { SESSION } from "../support/fetch.ts";
import {
  assets,
  COMPLETE,
  event,
  RESET,
  type Script,
  scripted,
} from "../support/script.ts";
import { test } from "../support/test.ts";

const LAZY = { ack: { every: false, intervalMs: false } } as const;
const CUT = new ConnectionError("Cannot read", { cause: undefined });

/** A loop over batches by a script, and its log. */
function loop(script: Script, options: SyncOptions = {}) {
  const { log, source } = scripted(script);
  const batches = syncBatchesWith(
    SESSION,
    ["AssetsV2"],
    { source, ...options },
    testEnv(),
  );
  return { log, batches };
}

const idsOf = (batch: AckableBatch) =>
  batch.events.map(({ ack }) => ack.split("|")[1]).join(" ");

test("a loop gets batches, acknowledges each, and ends when everything came", async () => {
  const { log, batches } = loop({
    streams: [[...assets(1, 2, 3), COMPLETE]],
  }, { batchSize: 2, ack: { every: 1 } });
  for await (const batch of batches) {
    log.push(`${batch.type} ${idsOf(batch)}`);
    await batch.ack();
  }
  assertEquals(log, [
    "open AssetsV2",
    "AssetV2 1 2",
    "ack AssetV2|2",
    "AssetV2 3",
    "ack AssetV2|3",
    "ack SyncCompleteV1|9",
  ]);
});

test("leaving a loop acknowledges nothing that was not acknowledged", async () => {
  const { log, batches } = loop({
    streams: [[...assets(1, 2, 3), COMPLETE]],
  }, { ...LAZY, batchSize: 1 });
  for await (const batch of batches) {
    if (idsOf(batch) === "2") break;
    await batch.ack();
  }
  assertEquals(log, ["open AssetsV2", "ack AssetV2|1"]);
});

test("a loop that is left after an abort acknowledges nothing more", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const { log, batches } = loop({
    streams: [[...assets(1, 2), COMPLETE]],
  }, { ...LAZY, signal });
  for await (const batch of batches) {
    await batch.ack();
    controller.abort();
    break;
  }
  assertEquals(log, ["open AssetsV2"]);
});

test("a loop that fails is left in the same way", async () => {
  const { log, batches } = loop({
    streams: [[...assets(1), COMPLETE]],
  }, LAZY);
  const failure = new Error("disk full");
  try {
    for await (const _batch of batches) throw failure;
  } catch (error) {
    assertStrictEquals(error, failure);
  }
  assertEquals(log, ["open AssetsV2"]);
});

test("an ack says that everything before is stored, too", async () => {
  const { log, batches } = loop({
    streams: [[...assets(1, 2, 3), COMPLETE]],
  }, { ...LAZY, batchSize: 1 });
  for await (const batch of batches) {
    if (idsOf(batch) === "2") await batch.ack();
  }
  assertEquals(log, ["open AssetsV2", "ack AssetV2|2"]);
});

test("without an ack of everything, complete is not acknowledged", async () => {
  const { log, batches } = loop({ streams: [[...assets(1), COMPLETE]] });
  const given: AckableBatch[] = [];
  for await (const batch of batches) given.push(batch);
  assertEquals(log, ["open AssetsV2"]);
  await given[0]?.ack();
  assertEquals(log, ["open AssetsV2", "ack AssetV2|1"], "later is soon enough");
});

test("an ack twice, or of what a reset has voided, does nothing", async () => {
  const { log, batches } = loop({
    streams: [[...assets(1), RESET], [...assets(2), COMPLETE]],
  }, LAZY);
  const given: AckableBatch[] = [];
  for await (const batch of batches) {
    given.push(batch);
    log.push(batch.type);
    if (idsOf(batch) !== "2") continue;
    for (const each of [...given, ...given]) await each.ack();
  }
  assertEquals(log, [
    "open AssetsV2",
    "AssetV2",
    "SyncResetV1",
    "ack SyncResetV1|reset",
    "open AssetsV2",
    "AssetV2",
    "ack AssetV2|2 SyncCompleteV1|9",
  ]);
});

test("what a reset has voided is acknowledged by no later batch", async () => {
  const { log, batches } = loop({
    streams: [[event("AssetDeleteV1"), RESET], [...assets(2), COMPLETE]],
  }, LAZY);
  for await (const batch of batches) {
    if (batch.type !== "AssetDeleteV1") await batch.ack();
  }
  assertEquals(log.at(-1), "ack AssetV2|2 SyncCompleteV1|9");
});

test("a reset is acknowledged after the acks that are under way, whoever awaits them", async () => {
  const { log, source } = scripted({
    streams: [[...assets(1), RESET], [...assets(2), COMPLETE]],
  });
  let isFirst = true;
  const slow: SyncSource = {
    ...source,
    async syncAck(session, acks, options) {
      // Anything that does not wait for this ack overtakes it.
      for (let i = 0; isFirst && i < 50; i++) await turn();
      isFirst = false;
      await source.syncAck(session, acks, options);
    },
  };
  const options = { source: slow, ack: { every: 1 } };
  for await (const batch of syncBatches(SESSION, ["AssetsV2"], options)) {
    batch.ack();
  }
  assertEquals(log, [
    "open AssetsV2",
    "ack AssetV2|1",
    "ack SyncResetV1|reset",
    "open AssetsV2",
    "ack AssetV2|2",
    "ack SyncCompleteV1|9",
  ]);
});

test("a reset is a batch without events, and its place is before the fresh rows", async () => {
  const { batches } = loop({ streams: [[RESET], [...assets(1), COMPLETE]] });
  const types: string[] = [];
  for await (const { type } of batches) types.push(type);
  assertEquals(types, ["SyncResetV1", "AssetV2"]);
});

test("a request for acks that fails is the loop's to deal with, not the batch's", async () => {
  const { log, batches } = loop({
    streams: [[...assets(1, 2), COMPLETE], [...assets(2), COMPLETE]],
    ackFailures: [CUT],
  }, { batchSize: 1, ack: { every: 1 } });
  for await (const batch of batches) await batch.ack();
  assertEquals(log.slice(0, 4), [
    "open AssetsV2",
    "ack AssetV2|1 failed",
    "ack AssetV2|1",
    "open AssetsV2",
  ]);
});

test("the iterator returns what the loop has done", async () => {
  const { batches } = loop({ streams: [[...assets(1), COMPLETE]] });
  let step = await batches.next();
  while (!step.done) {
    await step.value.ack();
    step = await batches.next();
  }
  assert(step.value.complete);
  assertEquals(step.value.counts, { AssetV2: 1 });
});
