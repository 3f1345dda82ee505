/** Full syncs while the mirror is being read. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  serverVersion,
  sync as runSync,
  syncAck,
  type SyncProgress,
  type SyncSource,
  syncStream,
} from "../../mod.ts";
import { BUSY, FULL, INCREMENTAL } from "../support/starts.ts";
import { test } from "../support/test.ts";
import {
  createMirror,
  type MirrorProgress,
  type MirrorSyncOptions,
  type SqlValue,
} from "../../src/mirror/mod.ts";
import { type Fixture, openFixture } from "./fixture.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Creates a mirror that still has an asset deleted on the server. The delete is
 * so old that the server no longer sends it.
 */
async function outdated(): Promise<Fixture & { wait: (ms: number) => void }> {
  let time = Date.UTC(2026, 0, 1);
  const all = await openFixture({ now: () => time });
  const { server: { library }, sync } = all;
  const ids = Array.from({ length: 20 }, () => library.addAsset().id);
  await sync();
  library.deleteAsset(ids[0]!);
  time += 32 * DAY_MS;
  all.server.forgetDeletes();
  return { ...all, wait: (ms) => time += ms };
}

/** Returns the number of assets seen by readers at each step of a run. */
async function watched(all: Fixture, options = {}): Promise<number[]> {
  const seen: Promise<unknown[]>[] = [];
  const onProgress = (_: SyncProgress) => {
    seen.push(all.column("SELECT count(*) FROM assets"));
  };
  await all.sync({ batchSize: 3, ack: { every: 1 }, onProgress, ...options });
  return (await Promise.all(seen)).map(([count]) => Number(count));
}

test("a mirror's readers never see fewer rows during a reset by the server", async () => {
  const all = await outdated();
  // The last complete stream is so old that the server requests a reset.
  const seen = await watched(all, { fullEveryMs: false });
  assert(seen.length > 10);
  assertEquals(Math.min(...seen.slice(0, -2)), 20);
  await all.assertMirrors();
});

test("a mirror's readers never see fewer rows during a full sync", async () => {
  const all = await outdated();
  const seen = await watched(all, { fullEveryMs: 30 * DAY_MS });
  assertEquals(Math.min(...seen.slice(0, -2)), 20);
  await all.assertMirrors();
});

test("the next run resumes an interrupted full sync and sweeps at the end", async () => {
  const all = await outdated();
  const { server, sync, mirror, wait } = all;
  server.inject({ type: "truncate", atByte: 5000 });
  await assertRejects(() => sync({ batchSize: 3, retry: { attempts: 1 } }));
  const { fullStartedAt, rows } = await mirror.status();
  assert(fullStartedAt !== null);
  assertEquals(rows.assets, 20, "nothing is swept before the end");
  wait(1000);
  server.requests.length = 0;
  await sync();
  const streams = server.requests.filter(({ path }) => /stream$/.test(path));
  assert(
    streams.every(({ body }) => !body.includes("reset")),
    "it restarted from the beginning",
  );
  await all.assertMirrors();
  const { lastFullAt } = await mirror.status();
  assertEquals(lastFullAt, fullStartedAt);
});

test("a resumed full sync ends only after a quiet stream", async () => {
  const { server, sync, mirror, assertMirrors } = await outdated();
  server.inject({ type: "truncate", atByte: 5000 });
  await assertRejects(() => sync({ batchSize: 3, retry: { attempts: 1 } }));
  const isStream = ({ path }: { path: string }) => path.endsWith("/stream");
  server.requests.length = 0;
  server.changeDuringStream({ afterLine: 0 }, () => {
    for (const { id } of server.library.assets) {
      server.library.updateAsset(id, { isFavorite: true });
    }
  });
  await sync();
  assertEquals(server.requests.filter(isStream).length, 3);
  assertEquals((await mirror.status()).fullStartedAt, null);
  await assertMirrors();
});

test("a scheduled full sync runs once fullEveryMs has passed", async () => {
  let time = Date.UTC(2026, 0, 1);
  const { server, sync } = await openFixture({ now: () => time });
  const isFull = async () => {
    server.requests.length = 0;
    await sync({ fullEveryMs: 7 * DAY_MS });
    return server.requests.some(({ body }) => body.includes('"reset":true'));
  };
  assert(await isFull(), "the first run");
  time += 6 * DAY_MS;
  assert(!await isFull());
  time += DAY_MS;
  assert(await isFull());
});

test("a clock that was wrong for a while does not delay the next full sync", async () => {
  const right = Date.UTC(2026, 0, 1);
  for (const wrong of [0, right + DAY_MS, Date.UTC(9999, 0)]) {
    let time = wrong;
    const { server, session, reopen } = await openFixture();
    // The server's clock is right.
    const mirror = await reopen({ now: () => time });
    const fullAt = async () => {
      const { fetch } = server;
      await mirror.sync(session, { fetch, fullEveryMs: 7 * DAY_MS });
      return (await mirror.status()).lastFullAt;
    };
    assertEquals(await fullAt(), wrong);
    time = right;
    assertEquals(await fullAt(), right);
    time = right + 7 * DAY_MS - 1;
    assertEquals(await fullAt(), right);
    time = right + 7 * DAY_MS;
    assertEquals(await fullAt(), time);
  }
});

test("a run that switches to a different session does a full sync with a sweep", async () => {
  const { server, mirror, sync, assertMirrors } = await openFixture();
  const { id } = server.library.addAsset();
  await sync();
  const other = server.createSession();
  await mirror.sync(other, { fetch: server.fetch });
  server.library.deleteAsset(id);
  await sync({ fullEveryMs: false });
  await assertMirrors();
  const { counts } = await sync();
  assertEquals(counts, {}, "this session's checkpoints are valid now");
});

test("a full sync() that uses a mirror as processor keeps the mirror's session", async () => {
  const { server, session, mirror, sync } = await openFixture();
  server.library.addAsset();
  await sync();
  const { fetch } = server;
  await runSync(session, ["AssetsV2"], mirror, { fetch, full: true });
  server.requests.length = 0;
  await sync();
  const bodies = server.requests.map(({ body }) => body);
  assert(!bodies.some((body) => body.includes('"reset":true')));
});

test("an incremental sync ends a pending full sync even if no stream was quiet", async () => {
  const { mirror } = await openFixture();
  await mirror.begin(FULL);
  await mirror.end(BUSY);
  assertEquals((await mirror.status()).fullStartedAt, FULL.startedAt);
  await mirror.begin(INCREMENTAL);
  await mirror.end(BUSY);
  const { fullStartedAt, lastFullAt } = await mirror.status();
  assertEquals([fullStartedAt, lastFullAt], [null, FULL.startedAt]);
});

test("a wipe empties the mirror, and the sync fills it again", async () => {
  const all = await openFixture();
  for (let i = 0; i < 9; i++) all.server.library.addAsset();
  await all.sync();
  const seen = await watched(all, { full: "wipe" });
  assertEquals(Math.min(...seen), 0);
  await all.assertMirrors();
});

test("a late-committed row that arrives after a wipe is counted as an event", async () => {
  const { server, sync, mirror, assertMirrors } = await openFixture();
  const commit = server.commitLater(() => void server.library.addAsset());
  server.library.addAsset();
  await sync();
  commit();
  await sync({ full: "wipe" });
  await assertMirrors();
  assertEquals((await mirror.status()).events.AssetV2, 2);
});

test("a full sync of a library that never stops changing ends the previous full sync", async () => {
  let time = Date.UTC(2026, 0, 1);
  const { server, sync, mirror, column } = await openFixture({
    now: () => time,
  });
  const { library } = server;
  const [gone, busy] = [1, 2].map(() => library.addAsset().id);
  await sync();
  library.deleteAsset(gone!);
  time += 32 * DAY_MS;
  server.forgetDeletes();
  const change = () => {
    library.updateAsset(busy!, { isFavorite: true });
    library.addAsset();
  };
  const fetch: typeof server.fetch = (input, init) => {
    const { url } = new Request(input, init);
    if (url.endsWith("/stream")) {
      server.changeDuringStream({ afterLine: 0 }, change);
    }
    return server.fetch(input, init);
  };
  const starts: number[] = [];
  for (let i = 0; i < 3; i++) {
    starts.push(time += DAY_MS);
    await sync({ fetch, fullEveryMs: DAY_MS });
    const ids = await column("SELECT id FROM assets");
    assertEquals(ids.includes(gone), i === 0, `full sync ${i}`);
    const { lastFullAt, fullStartedAt } = await mirror.status();
    assertEquals(fullStartedAt, starts[i]);
    if (i > 0) assertEquals(lastFullAt, starts[i - 1]);
  }
});

test("a mirror loses no rows if its source cannot delete checkpoints", async () => {
  const { server, sync, assertMirrors } = await openFixture();
  server.library.addAsset();
  const { fetch } = server;
  const source: SyncSource = {
    syncStream: (session, types, options) =>
      syncStream(session, types, { ...options, fetch }),
    syncAck: (session, acks, options) =>
      syncAck(session, acks, { ...options, fetch }),
    serverVersion: (session, options) =>
      serverVersion(session, { ...options, fetch }),
  };
  await sync({ source });
  // The mirror has begun a full sync, but the server has not been informed yet.
  server.inject({ type: "status", status: 503, on: "stream" });
  await assertRejects(() =>
    sync({ source, full: true, retry: { attempts: 1 } })
  );
  await sync({ source });
  await assertMirrors();
});

/** Runs a sync, and returns the distinct values in its progress reports, in order. */
async function reported(
  { sync }: Pick<Fixture, "sync">,
  options: MirrorSyncOptions = {},
): Promise<[boolean, number | undefined][]> {
  const seen: [boolean, number | undefined][] = [];
  const onProgress = ({ full, rowsBefore }: MirrorProgress) => {
    const last = seen.at(-1);
    if (last?.[0] === full && last[1] === rowsBefore) return;
    seen.push([full, rowsBefore]);
  };
  await sync({ ...options, onProgress });
  return seen;
}

test("the progress of a full sync includes the mirror's previous number of rows", async () => {
  const all = await openFixture();
  const { server: { library }, mirror } = all;
  const ids = Array.from({ length: 5 }, () => library.addAsset().id);
  assertEquals(await reported(all), [[true, 0]]);
  const count = async () => {
    const { rows } = await mirror.status();
    return Object.values(rows).reduce((sum, number) => sum + number);
  };
  const rows = await count();
  assert(rows >= 10);
  library.addAsset();
  library.deleteAsset(ids[0]!);
  assertEquals(await reported(all, { full: true }), [[true, rows]]);
  assertEquals(await count(), rows);
  assertEquals(await reported(all, { full: "wipe" }), [[true, rows]]);
});

test("rows are counted again when an incremental sync becomes a full sync", async () => {
  const all = await openFixture();
  const { server, mirror } = all;
  server.library.addAsset();
  await all.sync();
  const { rows } = await mirror.status();
  const before = Object.values(rows).reduce((sum, number) => sum + number);
  server.inject({ type: "reset" });
  assertEquals(await reported(all), [[false, undefined], [true, before]]);
});

test("rows are counted only for the progress of a full sync", async () => {
  const all = await openFixture();
  let counts = 0;
  const counting = {
    ...all.database,
    all(sql: string, params: readonly SqlValue[]) {
      if (/count\(/i.test(sql)) counts++;
      return all.database.all(sql, params);
    },
  };
  const { server: { user, fetch }, session } = all;
  const mirror = await createMirror(counting, { userId: user.id });
  await mirror.sync(session, { fetch, full: true });
  const onProgress = () => {};
  await mirror.sync(session, { fetch, onProgress });
  assertEquals(counts, 0);
  await mirror.sync(session, { fetch, onProgress, full: true });
  assertEquals(counts, 1);
});
