/** An audit's requests, and what interrupts or ends an audit. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Fetch, ImmichError } from "../../mod.ts";
import { Mirror } from "../../src/mirror/mirror.ts";
import { MirrorError, type MirrorProgress } from "../../src/mirror/mod.ts";
import { withNames } from "../../src/mirror/names.ts";
import type { SeenRequest } from "../../src/testing/mod.ts";
import { testEnv } from "../support/env.ts";
import { refusing } from "../support/fetch.ts";
import { test } from "../support/test.ts";
import { NOTHING, openAudited, openFilled } from "./audit_fixture.ts";

test("an audit writes nothing to the database", async () => {
  const { server, session, database } = await openFilled();
  const readOnly = {
    ...database,
    batch() {
      throw new Error("written");
    },
  };
  const options = { userId: server.user.id, leaseMs: 30_000 };
  const named = withNames(readOnly, options);
  const mirror = new Mirror(named, readOnly, options, testEnv());
  assertEquals(await mirror.audit(session, { fetch: server.fetch }), NOTHING);
});

/**
 * Selects all streams except the first, which does not contain the whole
 * library.
 */
function wholeStream(): (request: SeenRequest) => boolean {
  let streams = 0;
  return ({ path }) => path.endsWith("/sync/stream") && streams++ > 0;
}

for (const atByte of [0, 300, 5000]) {
  for (const clean of [true, false]) {
    const how = clean ? "without an error" : "with an error";
    test(`an audit resumes a stream that ends ${how} after ${atByte} bytes`, async () => {
      const { server, damage, audit } = await openFilled();
      damage("DELETE FROM memories");
      const on = wholeStream();
      server.inject({ type: "truncate", atByte, clean, times: 2, on });
      const { missing, extra, different } = await audit();
      assertEquals([missing.length, extra, different], [1, [], []]);
      assertEquals(server.pendingFaults, 0);
    });
  }
}

test("an audit starts over after a reset by the server", async () => {
  const { server, damage, audit } = await openFilled();
  damage("DELETE FROM memories");
  server.inject({ type: "truncate", atByte: 5000, on: wholeStream() });
  server.inject({ type: "reset", on: wholeStream() });
  assertEquals((await audit()).missing.length, 1);
});

test("an audit counts differences as pending if the next sync will get a reset", async () => {
  let now = Date.now();
  const { server, damage, audit, sync } = await openFilled({
    now: () => now,
  });
  damage("DELETE FROM memories");
  server.library.deleteAsset(server.library.assets[0]!.id);
  now += 40 * 24 * 60 * 60 * 1000;
  server.forgetDeletes();
  const { pending, ...found } = await audit();
  assertEquals({ ...found, pending: 0 }, NOTHING);
  assert(pending > 5);
  await sync();
  assertEquals(await audit(), NOTHING);
});

/**
 * An audit's requests, each with its method, its path, and the number of
 * earlier requests with the same method and path.
 */
const REQUESTS: Record<string, [method: string, path: string, index: number]> =
  {
    "reading checkpoints": ["GET", "/sync/ack", 0],
    "creating its first session": ["POST", "/sessions", 0],
    "creating its second session": ["POST", "/sessions", 1],
    "setting checkpoints": ["POST", "/sync/ack", 0],
    "reading its first stream": ["POST", "/sync/stream", 0],
    "reading its second stream": ["POST", "/sync/stream", 1],
    "reading its third stream": ["POST", "/sync/stream", 2],
    "reading its last stream": ["POST", "/sync/stream", 3],
  };

for (const [name, [method, path, index]] of Object.entries(REQUESTS)) {
  test(`an audit that fails while ${name} ends its sessions`, async () => {
    const { server, damage, audit } = await openFilled();
    damage("DELETE FROM memories");
    let seen = 0;
    const isTarget = (request: SeenRequest) =>
      request.method === method && request.path.endsWith(path) &&
      seen++ === index;
    server.inject({ type: "status", status: 500, on: isTarget });
    const states: string[] = [];
    await assertRejects(() =>
      audit({
        retry: { attempts: 1 },
        onProgress: ({ state }) => states.push(state),
      }), ImmichError);
    assertEquals(server.pendingFaults, 0);
    assertEquals(states.at(-1), "failed");
    assertEquals(states.filter((state) => state === "failed").length, 1);
  });

  test(`an audit that is aborted while ${name} ends its sessions`, async () => {
    const { server, damage, audit } = await openFilled();
    damage("DELETE FROM memories");
    const controller = new AbortController();
    let seen = 0;
    const { signal } = controller;
    const fetch: Fetch = (url, init) => {
      const isTarget = init.method === method && url.endsWith(path) &&
        seen++ === index;
      if (isTarget) controller.abort(new Error("left"));
      return server.fetch(url, init);
    };
    await assertRejects(() => audit({ fetch, signal }), Error, "left");
  });
}

test("an audit that reads several streams reports progress like a single run", async () => {
  const { damage, audit, mirror } = await openFilled();
  damage("DELETE FROM memories");
  const reports: MirrorProgress[] = [];
  const { rows } = await mirror.status();
  await audit({ batchSize: 1, onProgress: (report) => reports.push(report) });
  const states = reports.map(({ state }) => state);
  assertEquals(states.indexOf("complete"), states.length - 1);
  assert(states.slice(0, -1).every((state) => state === "streaming"));
  for (const [i, { events, bytes }] of reports.entries()) {
    const { events: before, bytes: bytesBefore } = reports[i - 1] ??
      reports[0]!;
    assert(events >= before && bytes >= bytesBefore);
  }
  assert(reports.at(-1)!.events > 20);
  const rowsBefore = Object.values(rows).reduce((sum, count) => sum + count);
  assert(reports.every((report) => report.full));
  assert(reports.every((report) => report.rowsBefore === rowsBefore));
});

test("an error thrown by onProgress does not end an audit", async () => {
  const { audit } = await openFilled();
  const onProgress = () => {
    throw new Error("ignored");
  };
  assertEquals(await audit({ onProgress }), NOTHING);
});

test("an audit of a server that sends pages compares every page", async () => {
  const { server, damage, sync, audit } = await openAudited({
    compatible: { pageRows: 100 },
  });
  for (let i = 0; i < 350; i++) server.library.addAsset();
  await sync();
  assertEquals(await audit(), NOTHING);
  damage("UPDATE exif SET city = 'x'");
  assertEquals((await audit()).different.length, 350);
});

test("an audit does not report rows that will be repaired by the next snapshot", async () => {
  const compatible = { snapshots: true };
  const { damage, audit, sync } = await openFilled({ compatible });
  assertEquals(await audit(), NOTHING);
  damage("DELETE FROM memories");
  assertEquals(await audit(), { ...NOTHING, pending: 1 });
  await sync();
  assertEquals(await audit(), NOTHING);
});

test("a mirror that was never synced cannot be audited", async () => {
  const { server, audit, sync } = await openAudited();
  const before = server.requests.length;
  const error = await assertRejects(() => audit(), MirrorError, "call sync");
  assertEquals(error.code, "mirror_unsynced");
  await sync({ types: ["UsersV1"] });
  await assertRejects(
    () => audit({ types: ["AssetsV2", "AlbumsV2"] }),
    MirrorError,
    'it has synced none of "AssetsV2", "AlbumsV2"',
  );
  assertEquals(before, 0);
});

const INVALID: Record<string, unknown>[] = [
  { limit: 0 },
  { limit: NaN },
  { batchSize: 0 },
  { types: [] },
  { types: ["AssetV2"] },
  { retry: { attempts: -1 } },
];

for (const options of INVALID) {
  test(`an audit rejects ${JSON.stringify(options)} and sends nothing`, async () => {
    const { session, mirror } = await openFilled();
    await assertRejects(
      () => mirror.audit(session, { fetch: refusing, ...options }),
      RangeError,
    );
  });
}
