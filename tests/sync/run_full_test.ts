/** Request types, full syncs, and the arguments of `begin` and `end`. */
import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  ConnectionError,
  type SyncOptions,
  type SyncProcessor,
} from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { SESSION } from "../support/fetch.ts";
import {
  assets,
  COMPLETE,
  event,
  play,
  RESET,
  scripted,
  type ScriptedStream,
} from "../support/script.ts";
import { assertRejects } from "@std/assert";
import { sync } from "../../mod.ts";
import { syncWith } from "../../src/sync/mod.ts";
import { testEnv } from "../support/env.ts";
import { test } from "../support/test.ts";

const INTERRUPTION = new ConnectionError("Cannot read", { cause: undefined });
const DAY_MS = 24 * 60 * 60 * 1000;

/** Creates a source that also reports a version and deletes checkpoints. */
function server(streams: ScriptedStream[], deleteFailures: Error[] = []) {
  const { log, source } = scripted({ streams });
  return {
    log,
    source: {
      ...source,
      deleteSyncAcks() {
        const failure = deleteFailures.shift();
        log.push(failure === undefined ? "forget" : "forget failed");
        return failure === undefined
          ? Promise.resolve()
          : Promise.reject(failure);
      },
      serverVersion() {
        log.push("version");
        return Promise.resolve({ major: 2, minor: 7, patch: 5 });
      },
    },
  };
}

async function run(
  streams: ScriptedStream[],
  options: SyncOptions = {},
  now: () => number = Date.now,
) {
  const { log, source } = server(streams);
  const result = await syncWith(
    SESSION,
    ["AssetsV2", "AlbumsV2"],
    {
      process: ({ events }) => void log.push(`store ${events.length}`),
      reset: () => void log.push("wipe"),
    },
    { source, ...options },
    testEnv({ now }),
  );
  return { log, result };
}

/** Creates a processor that marks and sweeps. */
function sweeping(log: string[]): Partial<SyncProcessor> {
  return {
    begin: ({ full }) => void log.push(`begin ${full ? "full" : "changes"}`),
    end: ({ full, quiet }) =>
      void log.push(
        `end ${full ? "full" : "changes"}${quiet ? ", quiet" : ""}`,
      ),
  };
}

test("a run first reads the server's version and then adapts its request types", async () => {
  const { log } = await run([[COMPLETE]]);
  assertEquals(log.slice(0, 2), ["version", "open AssetsV1 AlbumsV1"]);
});

test("a run does not request the version if serverVersion is given", async () => {
  const { log } = await run([[COMPLETE]], {
    serverVersion: { major: 3, minor: 0, patch: 0 },
  });
  assertEquals(log[0], "open AssetsV2 AlbumsV2");
});

test("request types are sent unchanged if serverVersion is false", async () => {
  const { log } = await run([[COMPLETE]], { serverVersion: false });
  assertEquals(log[0], "open AssetsV2 AlbumsV2");
});

test("request types are sent unchanged to a fork or a newer server", async () => {
  const { log, source } = server([[
    event("ForkV1", "ForkV1|1"),
    event("AssetFaceV9", "AssetFaceV9|2"),
    COMPLETE,
  ]]);
  const types: string[] = [];
  const process: SyncProcessor["process"] = ({ type }) => void types.push(type);
  const requested = ["AssetsV2", "ForkV1", "AssetFacesV9"] as const;
  await sync(SESSION, requested, { process, reset() {} }, { source });
  assertEquals(log, [
    "version",
    "open AssetsV1 ForkV1 AssetFacesV9",
    "ack ForkV1|1 AssetFaceV9|2 SyncCompleteV1|9",
  ]);
  assertEquals(types, ["ForkV1", "AssetFaceV9"]);
});

test("a run is rejected before any stream if the server supports none of its types", async () => {
  const error = await assertRejects(
    () => run([], { serverVersion: { major: 1, minor: 129, patch: 0 } }),
    RangeError,
  );
  assertEquals(
    error.message,
    'Cannot sync: server version 1.129.0 supports none of "AssetsV2", "AlbumsV2"',
  );
});

test("a wipe deletes the checkpoints and the copy, then streams from the beginning", async () => {
  const { log } = await run([[...assets(1), COMPLETE]], { full: "wipe" });
  assertEquals(log, [
    "version",
    "forget",
    "wipe",
    "open AssetsV1 AlbumsV1 from the beginning",
    "store 1",
    "ack AssetV2|1 SyncCompleteV1|9",
  ]);
});

test("a copy is not wiped before the server has deleted its checkpoints", async () => {
  const offline = new TypeError("offline");
  const { log, source } = server([], [INTERRUPTION, offline]);
  const processor = { process() {}, reset: () => void log.push("wipe") };
  const error = await assertRejects(() =>
    syncWith(SESSION, ["AssetsV2"], processor, {
      source,
      full: "wipe",
    }, testEnv())
  );
  assertStrictEquals(error, offline);
  assertEquals(log, ["version", "forget failed", "forget failed"]);
});

test("a full sync does not send reset: true to servers before 1.136", async () => {
  const { log } = await run([[COMPLETE]], {
    full: "wipe",
    serverVersion: { major: 1, minor: 135, patch: 3 },
  });
  assertEquals(log.slice(0, 3), ["forget", "wipe", "open AssetsV1 AlbumsV1"]);
});

test("a full sync streams from the beginning and wipes a copy that cannot sweep", async () => {
  const { log, result } = await run([[...assets(1), COMPLETE]], {
    full: true,
  }, () => 1000);
  assertEquals(log, [
    "version",
    "forget",
    "wipe",
    "open AssetsV1 AlbumsV1 from the beginning",
    "store 1",
    "ack AssetV2|1 SyncCompleteV1|9",
  ]);
  assertEquals(result.lastFullAt, 1000);
});

test("a scheduled full sync runs when due, and its time is in the result", async () => {
  const now = 100 * DAY_MS;
  const everyMs = 30 * DAY_MS;
  const cases = [
    { lastFullAt: undefined, from: " from the beginning", next: now },
    { lastFullAt: null, from: " from the beginning", next: now },
    { lastFullAt: now - everyMs, from: " from the beginning", next: now },
    { lastFullAt: now - everyMs + 1, from: "", next: now - everyMs + 1 },
    { lastFullAt: now, from: "", next: now },
    // A clock that was ahead has been set back.
    { lastFullAt: now + 1, from: " from the beginning", next: now },
    {
      lastFullAt: now + 1000 * everyMs,
      from: " from the beginning",
      next: now,
    },
  ];
  for (const { lastFullAt, from, next } of cases) {
    const { log, result } = await run([[COMPLETE]], {
      full: { everyMs, lastFullAt },
      serverVersion: false,
    }, () => now);
    assertEquals(log.at(-2), `open AssetsV2 AlbumsV2${from}`);
    assertEquals(result.lastFullAt, next);
  }
});

test("a run with a wipe or a reset counts as a full sync", async () => {
  const now = () => 1000;
  const wiped = await run([[COMPLETE]], { full: "wipe" }, now);
  const reset = await run([[RESET], [COMPLETE]], {}, now);
  assertEquals(
    [wiped.result.lastFullAt, reset.result.lastFullAt],
    [1000, 1000],
  );
});

test("begin() and end() enclose each sync, and a reset calls begin(), not reset()", async () => {
  const { log } = await play(
    [[...assets(1), RESET], [...assets(2), COMPLETE], [COMPLETE]],
    {},
    sweeping,
  );
  assertEquals(log, [
    "begin changes",
    "open AssetsV2",
    "store AssetV2 1",
    "begin full",
    "ack SyncResetV1|reset",
    "open AssetsV2",
    "store AssetV2 2",
    "ack AssetV2|2",
    "open AssetsV2",
    "end full, quiet",
    "ack SyncCompleteV1|9",
  ]);
});

test("a processor may refuse a session before any request", async () => {
  const { log, source } = server([[COMPLETE]]);
  const refusal = new Error("another user");
  const seen: unknown[] = [];
  const options = { source, full: "wipe" } as const;
  const accept = (session: unknown) => void seen.push(session);
  const copy = { process() {}, reset: () => void log.push("wipe") };
  const error = await sync(SESSION, ["AssetsV2"], {
    ...copy,
    accept: () => Promise.reject(refusal),
  }, options).catch((error) => error);
  assertStrictEquals(error, refusal);
  assertEquals(log, []);
  await sync(SESSION, ["AssetsV2"], { ...copy, accept }, options);
  assertEquals(seen, [SESSION]);
});

test("a full sync does not wipe a copy that can sweep", async () => {
  const streams = [[COMPLETE], [COMPLETE]];
  const { log } = await play(streams, { full: true }, sweeping);
  assertEquals(log, [
    "open AssetsV2 from the beginning",
    "begin full",
    "open AssetsV2",
    "end full, quiet",
    "ack SyncCompleteV1|9",
  ]);
});

test("a requested wipe clears even a copy that can sweep", async () => {
  const streams = [[COMPLETE], [COMPLETE]];
  const { log } = await play(streams, { full: "wipe" }, sweeping);
  assertEquals(log, [
    "open AssetsV2 from the beginning",
    "wipe",
    "begin full",
    "open AssetsV2",
    "end full, quiet",
    "ack SyncCompleteV1|9",
  ]);
});

test("a sync whose end() fails acknowledges its rows, but not its completion", async () => {
  const failure = new Error("disk full");
  const { log, error } = await play(
    [[...assets(1), COMPLETE]],
    { ack: { every: false, intervalMs: false } },
    () => ({ begin() {}, end: () => Promise.reject(failure) }),
  );
  assertStrictEquals(error, failure);
  assertEquals(log.at(-1), "ack AssetV2|1");
});

test("a run skips and counts bad lines if requested", async () => {
  const server = new FakeImmich();
  server.library.addAsset();
  const fetch = async (url: string, init: RequestInit) => {
    const response = await server.fetch(url, init);
    if (!url.endsWith("/stream")) return response;
    return new Response("no JSON\n" + await response.text(), response);
  };
  const processor = { process() {}, reset() {} };
  const session = server.createSession();
  const skipping = { fetch, onPoison: "skip" } as const;
  const result = await sync(session, ["AssetsV2"], processor, skipping);
  assertEquals([result.skipped, result.counts], [1, { AssetV2: 1 }]);
});
