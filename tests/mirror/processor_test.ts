/** When a mirror stores a run's batches. */
import { assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { Session } from "../../mod.ts";
import {
  createMirror,
  type Mirror,
  type MirrorDatabase,
  MirrorError,
  sqlite,
} from "../../src/mirror/mod.ts";
import { withNames } from "../../src/mirror/names.ts";
import { MirrorProcessor } from "../../src/mirror/processor.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { testEnv } from "../support/env.ts";
import { later, turn } from "../support/events.ts";
import { FULL, INCREMENTAL, QUIET } from "../support/starts.ts";
import { test } from "../support/test.ts";
import { assertMirrors } from "./mirror_replica.ts";

const COUNT = "SELECT count(*) AS assets FROM assets";

interface Watched {
  server: FakeImmich;
  session: Session;
  mirror: Mirror;
  database: MirrorDatabase;
  countAssets(): Promise<number>;
}

/**
 * Opens a mirror for a library of 100 assets. The test can watch the mirror's
 * transactions.
 */
async function openMirrorOf100(
  onBatch: (sql: string[]) => void = () => {},
): Promise<Watched> {
  const server = new FakeImmich();
  for (let i = 0; i < 100; i++) server.library.addAsset();
  const inner = sqlite(new DatabaseSync(":memory:"));
  const database: MirrorDatabase = {
    ...inner,
    async batch(statements) {
      onBatch(statements.map(({ sql }) => sql));
      await inner.batch(statements);
    },
  };
  const mirror = await createMirror(database, { userId: server.user.id });
  return {
    server,
    session: server.createSession(),
    mirror,
    database,
    async countAssets() {
      const [row] = await mirror.query<{ assets: number }>(COUNT);
      return row!.assets;
    },
  };
}

const isAsset = (sql: string) => sql.startsWith("INSERT INTO assets ");

test("mirror.sync() stores several batches in one transaction", async () => {
  const groups: number[] = [];
  const { mirror, session, server: { fetch } } = await openMirrorOf100((sql) =>
    groups.push(sql.filter(isAsset).length)
  );
  await mirror.sync(session, { fetch, batchSize: 10 });
  assertEquals(groups.filter((assets) => assets > 0), [100]);
});

test("mirror.sync() sends no ack before its rows are stored", async () => {
  const { mirror, session, server, countAssets } = await openMirrorOf100();
  const stored: number[] = [];
  await mirror.sync(session, {
    batchSize: 10,
    ack: { every: 30, intervalMs: false },
    async fetch(url, init) {
      if (`${init?.body}`.includes("AssetV2|")) {
        stored.push(await countAssets());
      }
      return await server.fetch(url, init);
    },
  });
  assertEquals(stored, [30, 60, 90, 100]);
});

test("rows that cannot be stored are not acknowledged and arrive again", async () => {
  let isFull = false;
  const { mirror, session, server, countAssets } = await openMirrorOf100(
    (sql) => {
      if (isFull && sql.some(isAsset)) throw new Error("the disk is full");
    },
  );
  const { fetch } = server;
  isFull = true;
  await assertRejects(
    () => mirror.sync(session, { fetch, batchSize: 10 }),
    Error,
    "the disk is full",
  );
  assertEquals(await countAssets(), 0);
  isFull = false;
  const { counts } = await mirror.sync(session, { fetch });
  assertEquals(counts.AssetV2, 100);
  await assertMirrors(mirror, server.snapshot());
});

const batchOf = (id: string) => ({
  type: "AssetV2",
  events: [{ type: "AssetV2", data: { id }, ack: `AssetV2|${id}` }],
} as never);

test("mirror.process() stores each batch immediately", async () => {
  const { mirror, countAssets } = await openMirrorOf100();
  await mirror.begin(INCREMENTAL);
  await mirror.process(batchOf("a"));
  assertEquals(await countAssets(), 1);
});

test("a slow stream's rows are stored before the lease expires", async () => {
  const { database, server, countAssets } = await openMirrorOf100();
  const options = { userId: server.user.id, leaseMs: 3000 };
  let now = 0;
  const processor = new MirrorProcessor(
    withNames(database, options),
    options,
    testEnv({ now: () => now }),
  );
  await processor.begin(INCREMENTAL);
  const counts: number[] = [];
  for (now of [0, 999, 1000]) {
    await processor.process(batchOf(`at ${now}`));
    counts.push(await countAssets());
  }
  assertEquals(counts, [0, 0, 3]);
});

/**
 * Opens a processor with a database that executes certain statements at once
 * but reports their results late.
 */
async function openSlowProcessor(isSlow: (sql: string) => boolean) {
  const { database, server, countAssets } = await openMirrorOf100();
  const { promise: answered, resolve: answer } = later();
  const options = { userId: server.user.id, leaseMs: 30_000 };
  const slow: MirrorDatabase = {
    async batch(statements) {
      await database.batch(statements);
      if (statements.some(({ sql }) => isSlow(sql))) await answered;
    },
    async all(sql, params) {
      const rows = await database.all(sql, params);
      if (isSlow(sql)) await answered;
      return rows;
    },
  };
  const named = withNames(slow, options);
  const processor = new MirrorProcessor(named, options, testEnv());
  return { processor, answer, countAssets };
}

test("an aborted run's batch is not stored by the next run", async () => {
  const { processor, answer, countAssets } = await openSlowProcessor((sql) =>
    sql.includes("settled_ack")
  );
  await processor.begin(INCREMENTAL);
  await processor.process(batchOf("a"));
  await processor.flush();
  const ack = "AssetDeleteV1|0198a5e2-0000-7000-8000-000000000000";
  const remove = {
    type: "AssetDeleteV1",
    events: [{ type: "AssetDeleteV1", data: { assetId: "a" }, ack }],
  } as never;
  const aborted = processor.process(remove);
  await processor.begin(INCREMENTAL);
  answer();
  await aborted;
  await processor.flush();
  assertEquals(await countAssets(), 1);
});

test("an aborted run does not end the next run's full sync", async () => {
  const { processor, answer, countAssets } = await openSlowProcessor(isAsset);
  await processor.begin(INCREMENTAL);
  await processor.process(batchOf("a"));
  const aborted = processor.end(QUIET);
  await turn();
  await processor.close();
  await processor.begin(FULL);
  answer();
  await assertRejects(() => aborted, MirrorError, "another run");
  assertEquals(await countAssets(), 1);
});

test("an aborted run that begins late does not stop the next run", async () => {
  let isSlow = false;
  const { processor, answer, countAssets } = await openSlowProcessor((sql) =>
    isSlow && sql.startsWith("SELECT")
  );
  await processor.begin(INCREMENTAL);
  await processor.end(QUIET);
  isSlow = true;
  const aborted = processor.begin(INCREMENTAL);
  await turn();
  isSlow = false;
  await processor.begin(INCREMENTAL);
  answer();
  await aborted.catch(() => {});
  await processor.process(batchOf("a"));
  await processor.flush();
  assertEquals(await countAssets(), 1);
});
