/** An aborted run's acks that reach the server after a full sync has begun. */
import { assertEquals, assertRejects } from "@std/assert";
import {
  type Fetch,
  getSyncAcks,
  type Session,
  sync,
  type SyncOptions,
  type SyncProcessor,
} from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { Copy } from "../support/copy.ts";
import { later, until } from "../support/events.ts";
import { assertSameRows } from "../support/snapshots.ts";
import { test } from "../support/test.ts";

const TYPES = ["AssetsV2", "AssetExifsV1"] as const;

interface Setup {
  server: FakeImmich;
  session: Session;
  copy: Copy;
  /** Runs a sync. */
  run(options?: SyncOptions): ReturnType<typeof sync>;
  /** Lets the late ack reach the server. */
  arrive(): Promise<void>;
}

/**
 * Syncs a copy completely, then aborts a later run while it is sending an ack.
 */
async function setUp({ sweeps }: { sweeps: boolean }): Promise<Setup> {
  const server = new FakeImmich();
  const { fetch, library } = server;
  const session = server.createSession();
  const copy = new Copy(server.user.id);
  const processor: SyncProcessor = copy.processor({ sweeps });
  const run: Setup["run"] = (options) =>
    sync(session, TYPES, processor, {
      fetch,
      batchSize: 3,
      ack: { every: 1 },
      retry: { delayMs: 1 },
      ...options,
    });
  for (let i = 0; i < 12; i++) library.addAsset();
  await run();
  for (const { id } of library.assets) {
    library.updateAsset(id, { isFavorite: true });
  }
  const { promise, resolve } = later();
  server.inject({ type: "late", on: "ack", until: promise });
  const abort = new AbortController();
  const aborting: Fetch = (url, init) => {
    const response = fetch(url, init);
    if (url.endsWith("/ack")) abort.abort();
    return response;
  };
  await assertRejects(() => run({ fetch: aborting, signal: abort.signal }));
  async function arrive(): Promise<void> {
    resolve();
    await until(async () => {
      const acks = await getSyncAcks(session, { fetch });
      return acks.some(({ type }) => type === "AssetV2");
    }, "the late ack has arrived");
  }
  return { server, session, copy, run, arrive };
}

/**
 * A `fetch` that lets the late ack reach the server before a request's response
 * arrives.
 */
function after(
  { server, arrive }: Setup,
  isMoment: (url: string, init: RequestInit) => boolean,
): Fetch {
  let isOver = false;
  return async (url, init) => {
    const response = await server.fetch(url, init);
    if (!isOver && isMoment(url, init)) {
      isOver = true;
      await arrive();
    }
    return response;
  };
}

for (const sweeps of [true, false]) {
  const how = sweeps ? "with a sweep" : "with a wipe";

  test(`no rows are lost if an old ack arrives late after a reset by the server (${how})`, async () => {
    const setup = await setUp({ sweeps });
    const { server, session, copy, run } = setup;
    server.requestReset(session);
    const fetch = after(
      setup,
      (url, { body }) => url.endsWith("/ack") && /SyncReset/.test(String(body)),
    );
    await run({ fetch });
    assertSameRows(copy.tables, pick(server));
  });

  test(`no rows are lost if an old ack arrives late before a resumed full sync (${how})`, async () => {
    const setup = await setUp({ sweeps });
    const { server, copy, run } = setup;
    server.inject({ type: "truncate", atByte: 300 });
    const fetch = after(setup, (url) => url.endsWith("/stream"));
    await run({ fetch, full: true });
    assertSameRows(copy.tables, pick(server));
  });
}

test("a full sync's own acks are not mistaken for late acks", async () => {
  const { server, run } = await setUp({ sweeps: true });
  server.requests.length = 0;
  server.inject({ type: "truncate", atByte: 3000 });
  server.inject({ type: "drop", on: "ack" });
  await run({ full: true });
  const fromZero = server.requests.filter(({ body }) => /reset/.test(body));
  assertEquals(fromZero.length, 1);
});

test("unexpected checkpoints on the server cause only one more full sync", async () => {
  const { server, copy, run } = await setUp({ sweeps: true });
  server.requests.length = 0;
  const fetch: Fetch = (url, init) =>
    url.endsWith("/ack") && init.method === "GET"
      ? Promise.resolve(Response.json([{ type: "AssetV2", ack: "AssetV2" }]))
      : server.fetch(url, init);
  await run({ fetch, full: true });
  const fromZero = server.requests.filter(({ body }) => /reset/.test(body));
  assertEquals(fromZero.length, 2);
  assertSameRows(copy.tables, pick(server));
});

test("a full sync succeeds even if the server does not list its checkpoints", async () => {
  const { server, copy, run } = await setUp({ sweeps: true });
  const answers: (() => Promise<Response>)[] = [
    () => Promise.resolve(new Response("Not found", { status: 404 })),
    () => Promise.resolve(new Response("Broken", { status: 500 })),
    () => Promise.resolve(Response.json({})),
    () => Promise.reject(new TypeError("fetch failed")),
  ];
  for (const answer of answers) {
    const fetch: Fetch = (url, init) =>
      url.endsWith("/ack") && init.method === "GET"
        ? answer()
        : server.fetch(url, init);
    const { complete, streams } = await run({ fetch, full: true });
    assertEquals([complete, streams], [true, 2]);
    assertSameRows(copy.tables, pick(server));
  }
});

/** Returns the server's rows of the requested types. */
function pick(server: FakeImmich): Copy["tables"] {
  const { assets, exifs } = server.snapshot();
  return { ...new Copy("").tables, assets, exifs };
}
