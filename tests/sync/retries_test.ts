/** When a run retries, how long it waits, and when it gives up. */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  AuthenticationError,
  ConnectionError,
  HttpError,
  type SyncEntityType,
  SyncError,
  type SyncProgress,
} from "../../mod.ts";
import {
  assets,
  COMPLETE,
  event,
  play,
  type Played,
  RESET,
  type ScriptedStream,
} from "../support/script.ts";
import { test } from "../support/test.ts";

const ACK_AT_END = { ack: { every: false, intervalMs: false } } as const;
const INTERRUPTION = new ConnectionError("Cannot read", { cause: undefined });
const BUSY = new HttpError("Cannot open", { status: 503, retryAfterMs: 7000 });

const linesOf = ({ log }: Played, word: string) =>
  log.filter((line) => line.startsWith(word));

/** Streams that all fail before their first event. */
function interruptions(count: number): ScriptedStream[] {
  return Array.from({ length: count }, () => INTERRUPTION);
}

test("the wait before a retry doubles with each failure, up to a maximum", async () => {
  const played = await play([...interruptions(5), [COMPLETE]], {
    retry: { delayMs: 100, maxDelayMs: 500 },
  });
  assertEquals(linesOf(played, "wait"), [
    "wait 100",
    "wait 200",
    "wait 400",
    "wait 500",
    "wait 500",
  ]);
});

test("the wait before a retry is random up to its maximum, but at least Retry-After", async () => {
  const played = await play(
    [INTERRUPTION, BUSY, [COMPLETE]],
    {},
    undefined,
    { random: () => 0.25 },
  );
  assertEquals(linesOf(played, "wait"), ["wait 125", "wait 7000"]);
});

test("a Retry-After beyond maxWaitMs ends the run with the server's error", async () => {
  const { log, error } = await play([BUSY, [COMPLETE]], {
    retry: { maxWaitMs: 6999 },
  });
  assertStrictEquals(error, BUSY);
  assertEquals(log, ["open AssetsV2"]);
  const waited = await play([BUSY, [COMPLETE]], { retry: { maxWaitMs: 7000 } });
  assertEquals(linesOf(waited, "wait"), ["wait 7000"]);
});

test("a run gives up after too many consecutive failures and says why", async () => {
  const { log, error } = await play(interruptions(9));
  assert(error instanceof SyncError);
  assertEquals(error.code, "retries_exhausted");
  assertStrictEquals(error.cause, INTERRUPTION);
  assertEquals(
    error.message,
    "Cannot sync: 8 consecutive requests failed; last error: Cannot read",
  );
  assertEquals(log.filter((line) => line.startsWith("open")).length, 8);
});

test("a run without a limit on attempts never gives up", async () => {
  const { result } = await play([...interruptions(30), [COMPLETE]], {
    retry: { attempts: false },
  });
  assertEquals(result?.streams, 31);
});

test("attempts are counted from a run's last progress, not from its start", async () => {
  const streams = [1, 2, 3, 4, 5, 6].map((id) => [...assets(id), INTERRUPTION]);
  const { result } = await play([...streams, [COMPLETE]], {
    retry: { attempts: 2 },
  });
  assertEquals(result?.streams, 7);
});

test("a repeated row does not count as progress of a run", async () => {
  const streams = Array.from({ length: 9 }, () => [...assets(1), INTERRUPTION]);
  const { error } = await play(streams, { retry: { attempts: 3 } });
  assert(error instanceof SyncError);
});

test("rows that are repeated after each interruption do not count as progress", async () => {
  const repeated: ScriptedStream = [...assets(1, 2, 3), INTERRUPTION];
  const { log, error } = await play(
    Array.from({ length: 20 }, () => repeated),
    { batchSize: 1, retry: { attempts: 3 } },
  );
  assert(error instanceof SyncError);
  assertEquals(error.code, "retries_exhausted");
  assertEquals(log.filter((line) => line.startsWith("open")).length, 3);
});

test("a SyncAckV1 does not count as progress, because every stream may contain one", async () => {
  const streams = [1, 2, 3, 4].map((id) => [
    event("SyncAckV1", `AlbumAssetBackfillV2|${id}|complete`),
    INTERRUPTION,
  ]);
  const { error } = await play(streams, { retry: { attempts: 3 } });
  assert(error instanceof SyncError);
});

test("an error that is not retryable ends the run at once", async () => {
  const rejected = new AuthenticationError("Cannot open", { status: 401 });
  for (const failure of [rejected, new TypeError("a bug")]) {
    const { log, error } = await play([failure, [COMPLETE]]);
    assertStrictEquals(error, failure);
    assertEquals(log, ["open AssetsV2"]);
  }
});

test("failed acks are sent again before the next stream", async () => {
  const { log, result } = await play({
    streams: [[...assets(1), INTERRUPTION], [COMPLETE]],
    ackFailures: [BUSY, INTERRUPTION],
  });
  assertEquals(log, [
    "open AssetsV2",
    "store AssetV2 1",
    "ack AssetV2|1 failed",
    "wait 7000",
    "ack AssetV2|1 failed",
    "wait 1000",
    "ack AssetV2|1",
    "open AssetsV2",
    "ack SyncCompleteV1|9",
  ]);
  assert(result?.complete);
});

test("an ack request that fails interrupts the stream", async () => {
  const { log, result } = await play({
    streams: [[...assets(1, 2, 3), COMPLETE], [...assets(2, 3), COMPLETE]],
    ackFailures: [BUSY],
  }, { batchSize: 1, ack: { every: 1 } });
  assertEquals(log.slice(0, 5), [
    "open AssetsV2",
    "store AssetV2 1",
    "ack AssetV2|1 failed",
    "wait 7000",
    "ack AssetV2|1",
  ]);
  assertEquals(result?.counts, { AssetV2: 3 });
});

test("the last acks are retried until they succeed", async () => {
  const { log, result } = await play({
    streams: [[...assets(1), COMPLETE]],
    ackFailures: [INTERRUPTION, INTERRUPTION],
  }, ACK_AT_END);
  assertEquals(log.at(-1), "ack AssetV2|1 SyncCompleteV1|9");
  assertEquals(result?.streams, 1);
});

test("the ack for a reset is retried without another wipe", async () => {
  const played = await play({
    streams: [[RESET], [...assets(1), COMPLETE]],
    ackFailures: [INTERRUPTION, BUSY],
  }, ACK_AT_END);
  assertEquals(linesOf(played, "wipe").length, 1);
  assertEquals(linesOf(played, "ack SyncResetV1").length, 3);
  assertEquals(played.result?.resets, 1);
});

test("rejected acks end the run with the server's error", async () => {
  const refusal = new HttpError("Cannot acknowledge", { status: 400 });
  const { log, error } = await play({
    streams: [[...assets(1), COMPLETE]],
    ackFailures: [refusal, refusal],
  }, { ack: { every: 1 } });
  assertStrictEquals(error, refusal);
  assertEquals(log.at(-2), "store AssetV2 1");
  assertEquals(log.at(-1), "ack AssetV2|1 failed");
});

test("onProgress is called at every step, and its errors are ignored", async () => {
  const seen: string[] = [];
  const { result } = await play([[...assets(1, 2), INTERRUPTION], [
    ...assets(3),
    COMPLETE,
  ]], {
    onProgress({ type, events, state }) {
      seen.push(`${state} ${type as SyncEntityType} ${events}`);
      throw new Error("a bug in onProgress");
    },
  });
  assert(result?.complete);
  assertEquals(seen, [
    "streaming undefined 0",
    "streaming AssetV2 2",
    "retrying AssetV2 2",
    "streaming AssetV2 2",
    "streaming AssetV2 3",
    "complete AssetV2 3",
  ]);
});

test("a rejected promise from onProgress is ignored", async () => {
  const { result } = await play([[...assets(1), COMPLETE]], {
    onProgress: () => Promise.reject(new Error("a bug in onProgress")),
  });
  assert(result?.complete);
});

test('the last state of an incomplete run is always "failed"', async () => {
  const failing = () => ({ process: () => Promise.reject(new Error("full")) });
  const signal = AbortSignal.abort();
  const states: string[] = [];
  const onProgress = ({ state }: SyncProgress) => states.push(state);
  await play([new TypeError("a bug")], { onProgress });
  assertEquals(states.splice(0).at(-1), "failed");
  await play([[...assets(1), COMPLETE]], { onProgress }, failing);
  assertEquals(states.splice(0).at(-1), "failed");
  await play([[...assets(1), COMPLETE]], { onProgress, signal });
  assertEquals(states.splice(0), ["failed"]);
});
