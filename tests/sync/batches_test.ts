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

const ACK_AT_END = { ack: { every: false, intervalMs: false } } as const;
const INTERRUPTION = new ConnectionError("Cannot read", { cause: undefined });

/** Loops over scripted batches, and keeps a log. */
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

test("a loop over syncBatches acknowledges each batch and ends after the last one", async () => {
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

test("leaving a loop over batches acknowledges nothing further", async () => {
  const { log, batches } = loop({
    streams: [[...assets(1, 2, 3), COMPLETE]],
  }, { ...ACK_AT_END, batchSize: 1 });
  for await (const batch of batches) {
    if (idsOf(batch) === "2") break;
    await batch.ack();
  }
  assertEquals(log, ["open AssetsV2", "ack AssetV2|1"]);
});

test("leaving a loop over batches after an abort acknowledges nothing further", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const { log, batches } = loop({
    streams: [[...assets(1, 2), COMPLETE]],
  }, { ...ACK_AT_END, signal });
  for await (const batch of batches) {
    await batch.ack();
    controller.abort();
    break;
  }
  assertEquals(log, ["open AssetsV2"]);
});

test("an error in a loop over batches acknowledges nothing further", async () => {
  const { log, batches } = loop({
    streams: [[...assets(1), COMPLETE]],
  }, ACK_AT_END);
  const failure = new Error("disk full");
  try {
    for await (const _batch of batches) throw failure;
  } catch (error) {
    assertStrictEquals(error, failure);
  }
  assertEquals(log, ["open AssetsV2"]);
});

test("acknowledging a batch also acknowledges every batch before it", async () => {
  const { log, batches } = loop({
    streams: [[...assets(1, 2, 3), COMPLETE]],
  }, { ...ACK_AT_END, batchSize: 1 });
  for await (const batch of batches) {
    if (idsOf(batch) === "2") await batch.ack();
  }
  assertEquals(log, ["open AssetsV2", "ack AssetV2|2"]);
});

test("SyncCompleteV1 is acknowledged only once every batch is acknowledged", async () => {
  const { log, batches } = loop({ streams: [[...assets(1), COMPLETE]] });
  const given: AckableBatch[] = [];
  for await (const batch of batches) given.push(batch);
  assertEquals(log, ["open AssetsV2"]);
  await given[0]?.ack();
  assertEquals(log, ["open AssetsV2", "ack AssetV2|1"], "not acknowledged yet");
});

test("acknowledging a batch again, or a batch from before a reset, does nothing", async () => {
  const { log, batches } = loop({
    streams: [[...assets(1), RESET], [...assets(2), COMPLETE]],
  }, ACK_AT_END);
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

test("a batch after a reset does not acknowledge anything before the reset", async () => {
  const { log, batches } = loop({
    streams: [[event("AssetDeleteV1"), RESET], [...assets(2), COMPLETE]],
  }, ACK_AT_END);
  for await (const batch of batches) {
    if (batch.type !== "AssetDeleteV1") await batch.ack();
  }
  assertEquals(log.at(-1), "ack AssetV2|2 SyncCompleteV1|9");
});

test("a reset is acknowledged after pending acks even if the loop does not await them", async () => {
  const { log, source } = scripted({
    streams: [[...assets(1), RESET], [...assets(2), COMPLETE]],
  });
  let isFirst = true;
  const slow: SyncSource = {
    ...source,
    async syncAck(session, acks, options) {
      // Anything that did not wait for this ack would write to the log first.
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

test("a loop receives a reset as an empty batch, followed by the new rows", async () => {
  const { batches } = loop({ streams: [[RESET], [...assets(1), COMPLETE]] });
  const types: string[] = [];
  for await (const { type } of batches) types.push(type);
  assertEquals(types, ["SyncResetV1", "AssetV2"]);
});

test("a failed ack request is retried by the run and does not reject batch.ack()", async () => {
  const { log, batches } = loop({
    streams: [[...assets(1, 2), COMPLETE], [...assets(2), COMPLETE]],
    ackFailures: [INTERRUPTION],
  }, { batchSize: 1, ack: { every: 1 } });
  for await (const batch of batches) await batch.ack();
  assertEquals(log.slice(0, 4), [
    "open AssetsV2",
    "ack AssetV2|1 failed",
    "ack AssetV2|1",
    "open AssetsV2",
  ]);
});

test("the iterator of syncBatches returns the run's result", async () => {
  const { batches } = loop({ streams: [[...assets(1), COMPLETE]] });
  let step = await batches.next();
  while (!step.done) {
    await step.value.ack();
    step = await batches.next();
  }
  assert(step.value.complete);
  assertEquals(step.value.counts, { AssetV2: 1 });
});
