/** The invariants of a run, tested with scripts. */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  ConnectionError,
  ProtocolError,
  SyncError,
  type SyncProcessor,
  TruncatedStreamError,
} from "../../mod.ts";
import {
  assets,
  COMPLETE,
  event,
  play,
  RESET,
  type ScriptedStream,
} from "../support/script.ts";
import { later, turn } from "../support/events.ts";
import { test } from "../support/test.ts";

/** Acknowledges after every batch. */
const ACK_EACH = { ack: { every: 1 } };
/** Acknowledges at the end, and earlier only where required. */
const ACK_AT_END = { ack: { every: false, intervalMs: false } } as const;
const INTERRUPTION = new ConnectionError("Cannot read", { cause: undefined });
const BAD_LINE = new ProtocolError("Cannot read line 3: it is not JSON");

/** Creates a slow processor. */
function slow(log: string[]): Partial<SyncProcessor> {
  return {
    async process({ events }) {
      log.push(`begin ${events.length}`);
      await turn();
      log.push(`end ${events.length}`);
    },
  };
}

/** Creates a processor that fails at the second batch. */
function failing(error: unknown): () => Partial<SyncProcessor> {
  let batches = 0;
  return () => ({
    process() {
      if (++batches === 2) throw error;
    },
  });
}

const linesOf = (log: string[], word: string) =>
  log.filter((line) => line.startsWith(word));

test("1: an ack is sent only once everything before it has been processed", async () => {
  const { log } = await play(
    [[...assets(1, 2, 3), COMPLETE]],
    { ...ACK_EACH, batchSize: 2 },
    slow,
  );
  assertEquals(log, [
    "open AssetsV2",
    "begin 2",
    "end 2",
    "ack AssetV2|2",
    "begin 1",
    "end 1",
    "ack AssetV2|3",
    "ack SyncCompleteV1|9",
  ]);
});

test("1: a SyncAckV1 waits for everything before it and is not a batch", async () => {
  const backfill = event("SyncAckV1", "AlbumAssetBackfillV2|7|complete");
  const { log } = await play(
    [[...assets(1, 2), backfill, ...assets(3), COMPLETE]],
    { ...ACK_EACH, batchSize: 2 },
  );
  assertEquals(log, [
    "open AssetsV2",
    "store AssetV2 1 2",
    "ack AssetV2|2 AlbumAssetBackfillV2|7|complete",
    "store AssetV2 3",
    "ack AssetV2|3",
    "ack SyncCompleteV1|9",
  ]);
});

test("1: a batch is not acknowledged if process() fails, but earlier batches are", async () => {
  const error = new Error("disk full");
  const played = await play(
    [[...assets(1, 2, 3, 4), COMPLETE]],
    { ...ACK_AT_END, batchSize: 2 },
    failing(error),
  );
  assertStrictEquals(played.error, error);
  assertEquals(linesOf(played.log, "ack"), ["ack AssetV2|2"]);
});

/** Creates a processor that stores nothing until it is flushed. */
function buffering(log: string[]): Partial<SyncProcessor> {
  let batches = 0;
  return {
    process: () => void batches++,
    flush() {
      if (batches > 0) log.push(`flush ${batches}`);
      batches = 0;
    },
    reset: () => void log.push(`wipe, ${batches} not flushed`),
  };
}

test("1: a processor's flush() is called before each ack", async () => {
  const { log, result } = await play(
    [[...assets(1, 2, 3, 4, 5), COMPLETE]],
    { batchSize: 1, ack: { every: 2, intervalMs: false } },
    buffering,
  );
  assertEquals(log, [
    "open AssetsV2",
    "flush 2",
    "ack AssetV2|2",
    "flush 2",
    "ack AssetV2|4",
    "flush 1",
    "ack AssetV2|5 SyncCompleteV1|9",
  ]);
  assertEquals(result?.counts, { AssetV2: 5 });
});

test("1: a processor's flush() is called on an interruption and on a reset", async () => {
  const { log } = await play(
    [[...assets(1), INTERRUPTION], [...assets(2), RESET], [
      ...assets(1),
      COMPLETE,
    ]],
    ACK_AT_END,
    buffering,
  );
  assertEquals(log, [
    "open AssetsV2",
    "flush 1",
    "ack AssetV2|1",
    "wait 500",
    "open AssetsV2",
    "flush 1",
    "wipe, 0 not flushed",
    "ack SyncResetV1|reset",
    "open AssetsV2",
    "flush 1",
    "ack AssetV2|1 SyncCompleteV1|9",
  ]);
});

test("1: a processor's flush() is called before a bad line ends the run", async () => {
  const { log, error } = await play(
    [[...assets(1), BAD_LINE]],
    ACK_AT_END,
    buffering,
  );
  assertStrictEquals(error, BAD_LINE);
  assertEquals(log, ["open AssetsV2", "flush 1", "ack AssetV2|1"]);
});

test("1: processed events are not acknowledged before they are flushed", async () => {
  const error = new Error("disk full");
  const wrong = [
    failing(error)(),
    { flush: () => Promise.reject(error) },
  ];
  for (const processor of wrong) {
    const played = await play(
      [[...assets(1, 2, 3, 4), COMPLETE]],
      { ...ACK_AT_END, batchSize: 2 },
      () => ({ flush() {}, ...processor }),
    );
    assertStrictEquals(played.error, error);
    assertEquals(linesOf(played.log, "ack"), []);
  }
});

test("1: an interruption acknowledges nothing if acks wait for the end of the stream", async () => {
  const { log, result } = await play(
    [[...assets(1), INTERRUPTION], [...assets(1, 2), COMPLETE]],
    { ack: "complete", batchSize: 1 },
  );
  assertEquals(log, [
    "open AssetsV2",
    "store AssetV2 1",
    "wait 500",
    "open AssetsV2",
    "store AssetV2 1",
    "store AssetV2 2",
    "ack AssetV2|2 SyncCompleteV1|9",
  ]);
  assertEquals(result?.counts, { AssetV2: 3 });
});

test("2: the newest ack for each checkpoint is sent in order, with SyncCompleteV1 last", async () => {
  const { log } = await play([[
    ...assets(1),
    event("AlbumV2", "AlbumV2|1"),
    event("SyncAckV1", "AlbumAssetBackfillV2|1|complete"),
    ...assets(2),
    event("AlbumV2", ""),
    COMPLETE,
  ]], ACK_AT_END);
  assertEquals(linesOf(log, "ack"), [
    "ack AlbumV2|1 AlbumAssetBackfillV2|1|complete AssetV2|2 SyncCompleteV1|9",
  ]);
});

test("2: no request is sent if there is nothing to acknowledge", async () => {
  const { log, result } = await play([[event("SyncCompleteV1", "")]]);
  assertEquals(log, ["open AssetsV2"]);
  assert(result?.complete);
});

test("2: the ack for a reset is sent alone, and pending acks are dropped", async () => {
  const { log } = await play(
    [[...assets(1), RESET], [...assets(2), COMPLETE]],
    ACK_AT_END,
  );
  assertEquals(log, [
    "open AssetsV2",
    "store AssetV2 1",
    "wipe",
    "ack SyncResetV1|reset",
    "open AssetsV2",
    "store AssetV2 2",
    "ack AssetV2|2 SyncCompleteV1|9",
  ]);
});

test("3: an interrupted stream is resumed from the last acknowledged row", async () => {
  const { log, result } = await play(
    [[...assets(1, 2), INTERRUPTION], [...assets(3), COMPLETE]],
    ACK_AT_END,
  );
  assertEquals(log, [
    "open AssetsV2",
    "store AssetV2 1 2",
    "ack AssetV2|2",
    "wait 500",
    "open AssetsV2",
    "store AssetV2 3",
    "ack AssetV2|3 SyncCompleteV1|9",
  ]);
  assertEquals(result, {
    counts: { AssetV2: 3 },
    bytes: 0,
    resets: 0,
    streams: 2,
    complete: true,
    more: false,
    skipped: 0,
    lastFullAt: undefined,
  });
});

test("3: a stream that ends without a terminator counts as interrupted", async () => {
  const { error } = await play([assets(1), []], { retry: { attempts: 2 } });
  assert(error instanceof SyncError);
  assert(error.cause instanceof TruncatedStreamError);
});

test("3: a stream from a pre-1.141 server needs no terminator, but complete is false", async () => {
  const serverVersion = { major: 1, minor: 140, patch: 9 };
  const { log, result } = await play([assets(1)], {
    ...ACK_AT_END,
    serverVersion,
  });
  assertEquals(log, ["open AssetsV1", "store AssetV2 1", "ack AssetV2|1"]);
  assertEquals(result?.complete, false);
});

test("4: a processor's reset() is awaited before the reset's ack and the first event", async () => {
  const { log } = await play(
    [[RESET], [...assets(1), COMPLETE]],
    ACK_AT_END,
    (log) => ({
      async reset() {
        log.push("begin wipe");
        await turn();
        log.push("end wipe");
      },
    }),
  );
  assertEquals(log, [
    "open AssetsV2",
    "begin wipe",
    "end wipe",
    "ack SyncResetV1|reset",
    "open AssetsV2",
    "store AssetV2 1",
    "ack AssetV2|1 SyncCompleteV1|9",
  ]);
});

test("4: a reset without an ack causes one wipe and a stream from the beginning", async () => {
  const reset = event("SyncResetV1", "");
  const { log } = await play(
    [[reset], INTERRUPTION, [...assets(1), INTERRUPTION], [
      ...assets(2),
      COMPLETE,
    ]],
    ACK_AT_END,
  );
  assertEquals(linesOf(log, "open"), [
    "open AssetsV2",
    "open AssetsV2 from the beginning",
    "open AssetsV2 from the beginning",
    "open AssetsV2",
  ]);
  assertEquals(linesOf(log, "wipe"), ["wipe"]);
});

test("4: repeated resets end the run", async () => {
  const streams: ScriptedStream[] = [[RESET], [RESET], [RESET]];
  const { log, error } = await play(streams, { maxResets: 2 });
  assert(error instanceof SyncError);
  assertEquals(error.code, "reset_loop");
  assertEquals(linesOf(log, "wipe").length, 2);
});

test("4: a reset whose wipe fails is not acknowledged", async () => {
  const failure = new Error("disk full");
  const { log, error } = await play([[RESET]], {}, () => ({
    reset: () => Promise.reject(failure),
  }));
  assertStrictEquals(error, failure);
  assertEquals(linesOf(log, "ack"), []);
});

test("5: an abort between two batches ends the run and acknowledges nothing more", async () => {
  const controller = new AbortController();
  const reason = new Error("shutting down");
  const { log, error } = await play(
    [[...assets(1, 2, 3, 4), COMPLETE]],
    { ...ACK_EACH, batchSize: 1, signal: controller.signal },
    (log) => ({
      process({ events }) {
        log.push(`store ${events[0]?.ack}`);
        if (events[0]?.ack === "AssetV2|2") controller.abort(reason);
      },
    }),
  );
  assertStrictEquals(error, reason);
  assertEquals(log, [
    "open AssetsV2",
    "store AssetV2|1",
    "ack AssetV2|1",
    "store AssetV2|2",
  ]);
});

test("5: an abort ends the wait between two attempts", async () => {
  const controller = new AbortController();
  const reason = new Error("shutting down");
  const { log, error } = await play(
    [INTERRUPTION],
    { signal: controller.signal },
    undefined,
    {
      sleep(_ms, signal) {
        controller.abort(reason);
        return Promise.reject(signal?.reason);
      },
    },
  );
  assertStrictEquals(error, reason);
  assertEquals(log, ["open AssetsV2"]);
});

test("5: no request is sent if the signal is already aborted", async () => {
  const reason = new Error("shutting down");
  const signal = AbortSignal.abort(reason);
  const { log, error } = await play([[COMPLETE]], { signal });
  assertStrictEquals(error, reason);
  assertEquals(log, []);
});

test("6: a stream whose consumer is too slow is interrupted, and resumed after an ack", async () => {
  const { promise: interrupted, resolve: onLeave } = later();
  const { log, result } = await play(
    {
      streams: [
        [...assets(1, 2, 3, 4, 5, 6, 7, 8), COMPLETE],
        [...assets(4), COMPLETE],
      ],
      onLeave,
    },
    { ...ACK_AT_END, batchSize: 1, maxPauseMs: 5 },
    (log) => ({
      async process({ events }) {
        log.push(`store ${events[0]?.ack}`);
        await interrupted;
      },
    }),
  );
  assertEquals(log, [
    "open AssetsV2",
    "store AssetV2|1",
    "store AssetV2|2",
    "store AssetV2|3",
    "store AssetV2|4",
    "ack AssetV2|4",
    "open AssetsV2",
    "store AssetV2|4",
    "ack AssetV2|4 SyncCompleteV1|9",
  ]);
  assertEquals(result?.streams, 2);
});

test("7: rows before a bad line are stored and acknowledged before the error", async () => {
  const { log, error } = await play([[...assets(1, 2), BAD_LINE]], ACK_AT_END);
  assertStrictEquals(error, BAD_LINE);
  assertEquals(log, ["open AssetsV2", "store AssetV2 1 2", "ack AssetV2|2"]);
});

test("7: rows before a bad line are acknowledged even if the server is busy", async () => {
  const { log, error } = await play({
    streams: [[...assets(1, 2), BAD_LINE]],
    ackFailures: [INTERRUPTION],
  }, ACK_AT_END);
  assertStrictEquals(error, BAD_LINE);
  assertEquals(log.slice(2), [
    "ack AssetV2|2 failed",
    "wait 500",
    "ack AssetV2|2",
  ]);
});
