/** The fake server over a real socket, with and without faults. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  authorize,
  callback,
  currentUser,
  discover,
  type ImmichErrorCode,
  isImmichError,
  login,
  sync,
  syncAck,
  type SyncEvent,
  syncStream,
} from "../../mod.ts";
import { syncWith } from "../../src/sync/mod.ts";
import { Clock } from "../support/clock.ts";
import { testEnv } from "../support/env.ts";
import { until } from "../support/events.ts";
import type { NamedFault } from "../support/fake_server.ts";
import { drain } from "../support/fetch.ts";
import { BY_CLOCK, LONG_MS, timed } from "../support/timeouts.ts";
import { type FakeServer, serveFake } from "../support/sockets.ts";
import { test } from "../support/test.ts";
import { textOf, transcript } from "../support/transcripts.ts";

const TYPES = ["AssetsV2", "AlbumsV2"] as const;

test("the fake supports sign-in, sync and acks over a socket", async () => {
  const recorded = await transcript("3.1.0/03-sync-admin/002-initial-all");
  await using server = await serveFake({ recording: textOf(recorded) });
  const baseUrl = await discover(server.baseUrl);
  assertEquals(baseUrl, server.baseUrl);
  const { url, context } = await authorize("http://127.0.0.1/callback", {
    baseUrl,
  });
  const session = await callback(await server.visitProvider(url), context);
  assertEquals((await currentUser(session)).email, "admin@immich.test");

  const first = await drain(await syncStream(session, TYPES));
  assertEquals([first.items.length, first.error], [150, undefined]);
  await syncAck(session, first.items);
  const second = await drain(await syncStream(session, TYPES));
  assertEquals([second.items.length, second.error], [1, undefined]);

  const requests = await server.requests();
  assertEquals(requests.at(-1)!.body, JSON.stringify({ types: TYPES }));
  assertEquals(
    requests.filter(({ headers }) =>
      headers.authorization === `Bearer ${session.accessToken}`
    ).map(({ method, path }) => `${method} ${path}`),
    [
      "GET /api/users/me",
      "POST /api/sync/stream",
      "POST /api/sync/ack",
      "POST /api/sync/stream",
    ],
  );
});

test("a compressed stream arrives complete over a socket", async () => {
  await using server = await serveFake({ compression: true });
  await server.addAssets(100);
  const session = await server.createSession();
  const options = { compression: "gzip" } as const;
  const stream = await syncStream(session, TYPES, options);
  const { items, error } = await drain(stream);
  assertEquals([items.length, error], [101, undefined]);
  const [request] = await server.requests();
  assertMatch(request!.headers["accept-encoding"]!, /gzip/);
});

/**
 * For each fault, the error thrown by `syncStream`, and how many of the three
 * assets arrive before the error. If the connection is lost, the expected
 * number of assets is only an upper bound, because Bun discards what it has
 * buffered when reading a body fails (1.4.5).
 */
const FAULTS: [NamedFault, ImmichErrorCode, assets: number][] = [
  [{ type: "truncate", atByte: 0 }, "connection", 0],
  [{ type: "truncate", atByte: 1e6 }, "connection", 3],
  [{ type: "truncate", atByte: 0, clean: true }, "truncated", 0],
  [{ type: "truncate", atByte: 1e6, clean: true }, "truncated", 3],
  [{ type: "stall", atByte: 0 }, "idle_timeout", 0],
  [{ type: "stall", atByte: 1e6 }, "idle_timeout", 3],
  [{ type: "hang" }, "idle_timeout", 0],
  [{ type: "status", status: 401 }, "authentication", 0],
  [{ type: "status", status: 403 }, "authorization", 0],
  [{ type: "status", status: 429 }, "http", 0],
  [{ type: "status", status: 503 }, "http", 0],
  [{ type: "html" }, "protocol", 0],
  [{ type: "html", status: 404 }, "protocol", 0],
  [{ type: "redirect" }, "http", 0],
  [{ type: "poison", atLine: 3 }, "protocol", 2],
  [{ type: "poison", atLine: 4, as: "utf8" }, "protocol", 3],
];

/** Returns the number of streams requested from a server. */
async function countStreams(server: FakeServer): Promise<number> {
  const requests = await server.requests();
  return requests.filter(({ path }) => path === "/api/sync/stream").length;
}

async function serveAssets(count: number): Promise<FakeServer> {
  const server = await serveFake();
  await server.addAssets(count);
  return server;
}

test("over a socket, each fault causes its error after all events before the fault", async () => {
  for (const [fault, code, assets] of FAULTS) {
    await using server = await serveAssets(3);
    const session = await server.createSession();
    await server.inject(fault);
    const isSilent = code === "idle_timeout";
    const options = isSilent ? BY_CLOCK : { idleTimeoutMs: LONG_MS };
    const items: SyncEvent[] = [];
    const read = async () => {
      const stream = await syncStream(session, TYPES, options);
      for await (const item of stream) items.push(item);
    };
    using clock = new Clock();
    const pending = read().catch((error) => error);
    if (isSilent) {
      const hasArrived = async () =>
        items.length >= assets && await countStreams(server) > 0;
      await until(hasArrived, "everything has arrived");
      await clock.passUntil(pending);
    }
    const error = await pending;
    const name = JSON.stringify(fault);
    assertEquals(isImmichError(error) && error.code, code, name);
    if (code === "connection") assert(items.length <= assets, name);
    else assertEquals(items.length, assets, name);
  }
});

test("a run over a socket completes the copy despite several faults", async () => {
  await using server = await serveAssets(5);
  const { baseUrl } = server;
  const session = await login("demo@immich.test", "demo", { baseUrl });
  await server.inject({ type: "status", status: 503, retryAfterSeconds: 0 });
  await server.inject({ type: "truncate", atByte: 700 });
  await server.inject({ type: "stall", atByte: 300 });
  await server.inject({ type: "split" }, { type: "duplicate" });
  await server.inject({ type: "status", status: 500, on: "ack" });
  const copy = new Set<string>();
  using clock = new Clock();
  const running = syncWith(session, TYPES, {
    process({ events }) {
      for (const { data } of events) copy.add((data as { id: string }).id);
    },
    reset: () => copy.clear(),
  }, {
    // The third stream stalls.
    source: timed({ kind: "syncStream", from: 3 }),
    batchSize: 2,
  }, testEnv());
  const stalls = async () => await countStreams(server) === 3;
  await until(stalls, "the stalling stream is requested");
  await clock.passUntil(running);
  const result = await running;
  assertEquals(copy.size, 5);
  assertEquals(result.counts.AssetV2! >= 5, true);
  // Everything is acknowledged, so only the terminator is sent.
  const { items } = await drain(await syncStream(session, TYPES));
  assertEquals(items.map(({ type }) => type), ["SyncCompleteV1"]);
});

test("a run over a socket wipes the copy after a reset and fills it again", async () => {
  await using server = await serveAssets(5);
  const session = await server.createSession();
  const log: string[] = [];
  const run = () =>
    sync(session, TYPES, {
      process: ({ events }) => void log.push(`store ${events.length}`),
      reset: () => void log.push("wipe"),
    });
  await run();
  await server.requestReset(session);
  await run();
  assertEquals(log, ["store 5", "wipe", "store 5"]);
});

test("aborting a stream over a socket also ends the stream on the server", async () => {
  await using server = await serveAssets(50);
  const session = await server.createSession();
  await server.inject({ type: "stall", atByte: 5_000 });
  const controller = new AbortController();
  const { signal } = controller;
  const stream = await syncStream(session, TYPES, { signal });
  const reader = stream.getReader();
  await reader.read();
  assertEquals(await server.openStreams(), 1);
  controller.abort("enough");
  const failure = async () => {
    while (!(await reader.read()).done);
  };
  assertEquals(await failure().catch((error) => error), "enough");
  const isOver = async () => await server.openStreams() === 0;
  await until(isOver, "the server notices");
});
