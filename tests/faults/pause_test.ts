/** A slow consumer on real sockets: its stream is interrupted and resumed. */
import { assertEquals } from "@std/assert";
import type { SyncResult } from "../../mod.ts";
import { syncWith } from "../../src/sync/mod.ts";
import { SESSION } from "../support/fetch.ts";
import { answer, serveScript } from "../support/socket_script.ts";
import { type Answer, head } from "../support/sockets.ts";
import { test } from "../support/test.ts";

const ROWS = 20;
/**
 * Two rows in the stored batch, four in the two queued batches, and the row
 * that completes the last batch.
 */
const ROWS_AHEAD = 7;
const HEAD = head("200 OK", { "content-type": "application/jsonlines+json" });
const COMPLETE =
  '{"type":"SyncCompleteV1","data":{},"ack":"SyncCompleteV1|9"}\n';

/**
 * Runs `sync` with a store that does not finish a stream's first batch until
 * the stream has ended.
 */
async function runSlowConsumer(
  acks: Answer[] = [],
): Promise<{ log: string[]; result: SyncResult }> {
  const log: string[] = [];
  let ended = Promise.resolve();
  let opened = 0;
  let stored = 0;

  /** Sends all unacknowledged rows at once. */
  const stream: Answer = async (wire) => {
    opened++;
    ended = wire.gone.then(() => void log.push("gone"));
    const acks = log.findLast((line) => line.startsWith("ack")) ?? "";
    const [, acked = "0"] = /\|(\d+)/.exec(acks) ?? [];
    await wire.write(HEAD + rowsAfter(Number(acked)) + COMPLETE);
    // Only the last stream ends on its own; the client interrupts the others.
    if (ROWS - Number(acked) < ROWS_AHEAD) wire.close();
    await wire.gone;
  };
  await using server = await serveScript({
    streams: Array.from({ length: 9 }, () => stream),
    acks,
    log,
  });
  const session = { ...SESSION, baseUrl: server.baseUrl };
  const result = await syncWith(session, ["UsersV1"], {
    async process({ events }) {
      if (stored < opened) await ended;
      stored = opened;
      const ids = events.map(({ ack }) => ack.split("|")[1]);
      log.push(["store", ...ids].join(" "));
    },
    reset: () => void log.push("wipe"),
  }, {
    serverVersion: { major: 3, minor: 1, patch: 0 },
    batchSize: 2,
    maxPauseMs: 30,
  }, {
    now: () => 0,
    random: () => 0,
    sleep: (ms) => Promise.resolve(void log.push(`wait ${ms}`)),
  });
  await server.freed();
  return { log, result };
}

function rowsAfter(acked: number): string {
  return Array.from({ length: ROWS - acked }, (_, i) => {
    const id = acked + i + 1;
    return `{"type":"UserDeleteV1","data":{"userId":"${id}"},"ack":"UserDeleteV1|${id}"}\n`;
  }).join("");
}

test("a stream with a slow consumer is interrupted, then resumed after an ack", async () => {
  const { log, result } = await runSlowConsumer();
  assertEquals(log, [
    "stream",
    "gone",
    "store 1 2",
    "store 3 4",
    "store 5 6",
    "store 7",
    "ack UserDeleteV1|7",
    "stream",
    "gone",
    "store 8 9",
    "store 10 11",
    "store 12 13",
    "store 14",
    "ack UserDeleteV1|14",
    "stream",
    "gone",
    "store 15 16",
    "store 17 18",
    "store 19 20",
    "ack UserDeleteV1|20 SyncCompleteV1|9",
  ]);
  assertEquals(result.counts, { UserDeleteV1: ROWS });
  assertEquals(result.streams, 3);
});

test("a stream with a slow consumer is resumed only once its ack is accepted", async () => {
  const { log, result } = await runSlowConsumer([
    answer("503 Service Unavailable"),
  ]);
  assertEquals(log.slice(5, 10), [
    "store 7",
    "ack UserDeleteV1|7",
    "wait 0",
    "ack UserDeleteV1|7",
    "stream",
  ]);
  assertEquals(result.counts, { UserDeleteV1: ROWS });
});
