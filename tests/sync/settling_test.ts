/** Invariant 8: one complete stream is not enough for a full sync. */
import { assertEquals } from "@std/assert";
import type { SyncEvent, SyncProcessor } from "../../mod.ts";
import {
  assets,
  COMPLETE,
  event,
  play,
  RESET,
  type ScriptedStream,
} from "../support/script.ts";
import { test } from "../support/test.ts";

/** Creates a page of assets with consecutive numbers. */
function page(from: number, rows = 100): SyncEvent[] {
  const ids = Array.from({ length: rows }, (_, i) => from + i);
  return assets(...ids).map((row, i) =>
    ({ ...row, data: { id: ids[i] } }) as never
  );
}

interface Options {
  full?: boolean;
  /** Whether a full sync from an earlier run is unfinished. */
  isOpen?: boolean;
}

/**
 * Syncs complete streams with a processor that sweeps, and returns how many
 * streams were read.
 */
async function read(
  streams: SyncEvent[][],
  { full = false, isOpen = false }: Options = {},
): Promise<{ streams: number; end: string; stored: number }> {
  let end = "";
  let stored = 0;
  const script: ScriptedStream[] = streams.map((events) => [
    ...events,
    COMPLETE,
  ]);
  const processor: SyncProcessor = {
    process: ({ events }) => void (stored += events.length),
    reset() {},
    begin: () => isOpen,
    end: ({ quiet }) => void (end = quiet ? "quiet" : "not quiet"),
  };
  const { log, error } = await play(script, { full }, () => processor);
  if (error !== undefined) throw error;
  const opened = log.filter((line) => line.startsWith("open"));
  return { streams: opened.length, end, stored };
}

test("8: an incremental sync with fewer than 100 rows takes one stream", async () => {
  const { streams } = await read([page(1, 99)]);
  assertEquals(streams, 1);
});

test("8: a stream of 100 rows may be a page, so another stream is read", async () => {
  const pages = [page(1), page(101), page(201), page(301, 50)];
  assertEquals(await read(pages), {
    streams: 4,
    end: "not quiet",
    stored: 350,
  });
});

test("8: a full sync reads further streams until one is quiet", async () => {
  const full = { full: true };
  const one = await read([assets(1), []], full);
  const two = await read([assets(1), assets(2), []], full);
  const empty = await read([[], []], full);
  assertEquals([one.streams, two.streams, empty.streams], [2, 3, 2]);
  assertEquals([one.end, two.end, empty.end], ["quiet", "quiet", "quiet"]);
});

test("8: a full sync of a busy server ends after three further streams", async () => {
  const busy = [1, 2, 3, 4, 5].map((id) => assets(id));
  const { streams, end } = await read(busy, { full: true });
  assertEquals([streams, end], [4, "not quiet"]);
});

test("8: a full sync that has read a page is confirmed by a quiet stream", async () => {
  const { streams, end } = await read([page(1), []], { full: true });
  assertEquals([streams, end], [2, "quiet"]);
});

test("8: pages do not count toward a full sync's limit of three further streams", async () => {
  const pages = [page(1), page(101), page(201)];
  const further = [assets(301), assets(302), []];
  const { streams, end } = await read([...pages, ...further], { full: true });
  assertEquals([streams, end], [6, "quiet"]);
});

test("8: a full sync started by an earlier run is confirmed by one quiet stream", async () => {
  const resting = await read([[]], { isOpen: true });
  const busy = await read([assets(1), []], { isOpen: true });
  assertEquals([resting, busy], [
    { streams: 1, end: "quiet", stored: 0 },
    { streams: 2, end: "quiet", stored: 1 },
  ]);
});

test("8: a stream that only repeats acknowledged rows is quiet", async () => {
  const { streams, end } = await read(
    [[...assets(1, 2)], assets(2)],
    { full: true },
  );
  assertEquals([streams, end], [2, "quiet"]);
});

test("8: a stream without acks is a complete snapshot, so no other stream is read", async () => {
  const rows = page(1).map(({ type }) => event(type, ""));
  assertEquals((await read([rows], { full: true })).streams, 1);
});

test("8: a run ends even if the server keeps repeating rows with new acks", async () => {
  const again = [1, 101, 201].map((ack) =>
    page(ack).map((row) => ({ ...row, data: { id: "same" } }) as never)
  );
  assertEquals((await read(again)).streams, 2);
});

test("8: rows that are sent again after a reset count as new", async () => {
  const streams = [[...page(1), RESET], page(1), page(101), []];
  const { log } = await play(
    streams.map((events) =>
      events.at(-1) === RESET ? events : [...events, COMPLETE]
    ),
  );
  assertEquals(log.filter((line) => line.startsWith("open")).length, 4);
});

test("8: a full sync that wipes the copy reads further streams only after pages", async () => {
  const { log } = await play([[...assets(1), COMPLETE]], { full: true });
  assertEquals(log.filter((line) => line.startsWith("open")).length, 1);
});

test("8: a stream's rows are acknowledged before the next stream is read", async () => {
  const streams = [[...assets(1), COMPLETE], [...assets(2), COMPLETE], [
    COMPLETE,
  ]];
  const { log } = await play(streams, {
    full: true,
    ack: { every: false, intervalMs: false },
  }, () => ({ begin() {}, end() {} }));
  assertEquals(log, [
    "open AssetsV2 from the beginning",
    "store AssetV2 1",
    "ack AssetV2|1",
    "open AssetsV2",
    "store AssetV2 2",
    "ack AssetV2|2",
    "open AssetsV2",
    "ack SyncCompleteV1|9",
  ]);
});

test("8: a page of new rows counts as new even if surrounded by rows without acks", async () => {
  const [first, last] = ["UserV1", "AlbumV2"].map((type) => event(type, ""));
  const pages = Array.from(
    { length: 8 },
    (_, i) => [first!, ...page(1 + 100 * i), last!],
  );
  const { streams } = await read([...pages, [first!, last!]], { full: true });
  assertEquals(streams, 9);
});

test("8: a run ends even if the server alternates between several pages", async () => {
  const pages = Array.from({ length: 20 }, (_, i) => page(1 + 100 * (i % 3)));
  const { streams } = await read(pages);
  assertEquals(streams, 4);
});

test("8: a run ends even if the server repeats several pages with new acks", async () => {
  const pages = Array.from(
    { length: 20 },
    (_, i) =>
      page(1 + 100 * (i % 3)).map((row, j) =>
        ({ ...row, ack: `AssetV2|${1000 * i + j}` }) as SyncEvent
      ),
  );
  const { streams } = await read(pages);
  assertEquals(streams, 4);
});
