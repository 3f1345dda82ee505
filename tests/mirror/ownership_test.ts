/** A mirror belongs to one user on one server. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  getSyncAcks,
  type Session,
  sync as syncCopy,
  type SyncBatch,
  SyncError,
} from "../../mod.ts";
import { MirrorError, type MirrorSyncOptions } from "../../src/mirror/mod.ts";
import type { FakeImmich, Fault } from "../../src/testing/mod.ts";
import { dump } from "../support/dump.ts";
import { INCREMENTAL } from "../support/starts.ts";
import { test } from "../support/test.ts";
import { type Fixture, openFixture } from "./fixture.ts";

async function assertForeign(work: () => Promise<unknown>): Promise<string> {
  const error = await assertRejects(work, MirrorError);
  assertEquals(error.code, "mirror_foreign");
  assert(!error.retryable);
  return error.message;
}

/** A server with two users, and a mirror of the first user's library. */
async function openTwo(): Promise<Fixture & { theirs: Session }> {
  const all = await openFixture();
  const { library } = all.server;
  library.addAsset();
  const bob = library.addUser({ email: "bob@immich.test" });
  library.as(bob.id).addAsset();
  return { ...all, theirs: all.server.createSession(bob.id) };
}

/** The paths of the requests to a server. */
const pathsOf = (server: FakeImmich) =>
  server.requests.map(({ method, path }) => `${method} ${path}`);

const asksForUser = ({ path }: { path: string }) => path.endsWith("/users/me");

/** A copy that is not a mirror. */
const COPY = { process() {}, reset() {} };

/** The possible forms of another user's session. */
const SESSIONS: Record<string, (theirs: Session, own: Session) => Session> = {
  "of another user": (theirs) => theirs,
  "without a user id": ({ baseUrl, accessToken }) => ({
    baseUrl,
    accessToken,
  }),
  mixed: ({ accessToken }, own) => ({ ...own, accessToken }),
};

/**
 * Options for runs. Only some of the runs request the account, which identifies
 * the session's user.
 */
const RUNS: Record<string, MirrorSyncOptions> = {
  account: { types: ["AuthUsersV1", "AssetsV2"] },
  assets: { types: ["AssetsV2"] },
  wipe: { full: "wipe" },
};

test("a mirror refuses another user's session before it writes anything", async () => {
  for (const [how, toSession] of Object.entries(SESSIONS)) {
    for (const [what, options] of Object.entries(RUNS)) {
      for (const isNew of [true, false]) {
        const two = await openTwo();
        const { server, session, theirs, database, mirror, sync } = two;
        const { fetch } = server;
        if (!isNew) await sync();
        await syncCopy(theirs, ["UsersV1"], COPY, { fetch });
        await database.batch([{
          sql: `UPDATE mirror_state SET stale_types = '["UserV1"]'`,
          params: [],
        }]);
        const everything = async () => [
          await dump(database),
          await getSyncAcks(theirs, { fetch }),
        ];
        const before = await everything();
        const other = toSession(theirs, session);
        const message = await assertForeign(() =>
          mirror.sync(other, { fetch, ...options })
        );
        assertEquals(
          message,
          `Cannot sync: the mirror belongs to user ${server.user.id}, but the session does not; open a mirror for each user`,
        );
        assertEquals(await everything(), before, `${how}, ${what}`);
        await sync();
        await two.assertMirrors();
      }
    }
  }
});

test("a mirror refuses another user's account event before it stores the event", async () => {
  for (const isNew of [true, false]) {
    const two = await openTwo();
    const { server, session, theirs, database, sync, mirror } = two;
    const { fetch } = server;
    if (!isNew) await sync();
    const rows = async () => {
      const all = Object.entries(await dump(database));
      return all.filter(([table]) => !/^mirror_(state|events)$/.test(table));
    };
    const before = await rows();
    const mixed = { ...session, accessToken: theirs.accessToken };
    server.inject({ type: "status", status: 404, on: asksForUser });
    const message = await assertForeign(() => mirror.sync(mixed, { fetch }));
    assert(!message.includes(theirs.userId!), "it quotes the event");
    assertEquals(await rows(), before);
    await sync();
    await two.assertMirrors();
  }
});

test("a mirror refuses another user's session again even if other types are requested", async () => {
  const { server, session, theirs, mirror, sync, assertMirrors } =
    await openTwo();
  const { fetch } = server;
  const mixed = { ...session, accessToken: theirs.accessToken };
  await assertForeign(() => mirror.sync(mixed, { fetch }));
  const types = ["AssetsV2"] as const;
  await assertForeign(() => mirror.sync(mixed, { fetch, types }));
  await sync();
  await assertMirrors();
});

test("a mirror checks account events of every version, even if other rows come first", async () => {
  const { mirror, server } = await openFixture();
  await mirror.begin(INCREMENTAL);
  for (const type of ["AuthUserV1", "AuthUserV2"]) {
    const events = [server.user.id, "somebody"].map((id) => ({
      type,
      data: { ...server.user, id },
      ack: `${type}|1`,
    }));
    const batch = { type, events } as unknown as SyncBatch;
    await assertForeign(() => mirror.process(batch));
  }
  assertEquals(await mirror.query("SELECT * FROM auth_users"), []);
});

test("a session without a user id can sync the mirror of its user", async () => {
  const { server, session, mirror, assertMirrors } = await openFixture();
  const { baseUrl, accessToken } = session;
  server.library.addAsset();
  for (let run = 0; run < 2; run++) {
    await mirror.sync({ baseUrl, accessToken }, { fetch: server.fetch });
  }
  await assertMirrors();
  const asked = pathsOf(server).filter((path) => path.endsWith("/users/me"));
  assertEquals(asked.length, 1);
});

test("a mirror refuses a session on another server before it writes anything", async () => {
  const { server, session, sync, mirror, database } = await openFixture();
  const { fetch } = server;
  await sync();
  const before = await dump(database);
  server.requests.length = 0;
  const others = [
    "https://immich.example",
    "http://immich.test",
    "https://immich.test:8443",
    "https://immich.test/photos",
  ];
  for (const baseUrl of others) {
    const message = await assertForeign(() =>
      mirror.sync({ ...session, baseUrl }, { fetch })
    );
    assertEquals(
      message,
      `Cannot sync: the session is on ${baseUrl}, the mirror on https://immich.test; if the server has moved, first call the mirror's moveTo("${baseUrl}")`,
    );
  }
  assertEquals(await dump(database), before);
  assertEquals(server.requests, []);
});

test("different spellings of a base URL count as the same server", async () => {
  const { server, session, sync, mirror } = await openFixture();
  await sync();
  const spellings = [
    "https://immich.test/",
    "https://immich.test//",
    "https://IMMICH.test",
    "HTTPS://immich.test:443/",
    "https://immich.test/api",
    "https://immich.test/api/",
    " https://immich.test ",
  ];
  for (const baseUrl of spellings) {
    const { counts } = await mirror.sync({ ...session, baseUrl }, {
      fetch: server.fetch,
    });
    assertEquals(counts, {}, baseUrl);
  }
});

test("a mirror that was moved to a new server address refuses the old one", async () => {
  const { server, session, sync, mirror, reopen } = await openFixture();
  const { fetch } = server;
  server.library.addAsset();
  await sync();
  const moved = { ...session, baseUrl: "https://new.test" };
  await mirror.moveTo("https://New.test/api/");
  const again = await reopen();
  assertEquals((await again.sync(moved, { fetch })).counts, {});
  await assertForeign(() => again.sync(session, { fetch }));
  await assertRejects(() => again.moveTo("new.test"), TypeError);
});

test("a mirror used as a processor also refuses other users' sessions", async () => {
  const { server, session, theirs, database, mirror, sync } = await openTwo();
  const { fetch } = server;
  await sync();
  await syncCopy(theirs, ["AuthUsersV1"], COPY, { fetch });
  const before = await dump(database);
  const elsewhere = { ...session, baseUrl: "https://immich.example" };
  server.requests.length = 0;
  for (const other of [theirs, elsewhere]) {
    for (const full of [false, true, "wipe"] as const) {
      const options = { fetch, full };
      await assertForeign(() => syncCopy(other, ["UsersV1"], mirror, options));
    }
  }
  assertEquals(server.requests, []);
  assertEquals(await dump(database), before);
  await syncCopy(session, ["UsersV1"], mirror, { fetch });
});

test("a mirror used as a processor belongs to the server of its first sync", async () => {
  const { server, session, mirror } = await openFixture();
  const { fetch } = server;
  await syncCopy(session, ["UsersV1"], mirror, { fetch });
  const elsewhere = { ...session, baseUrl: "https://immich.example" };
  await assertForeign(() => mirror.sync(elsewhere, { fetch }));
});

test("a mirror refuses another user's session even if the first request fails", async () => {
  const faults: Fault[] = [{ type: "status", status: 503 }, { type: "refuse" }];
  for (const fault of faults) {
    const { server, theirs, database, mirror, sync } = await openTwo();
    const { baseUrl, accessToken } = theirs;
    const { fetch } = server;
    await sync();
    const before = await dump(database);
    const options: MirrorSyncOptions = { fetch, types: ["AssetsV2"] };
    const run = (retry: MirrorSyncOptions["retry"] = {}) =>
      mirror.sync({ baseUrl, accessToken }, { ...options, retry });
    server.inject({ ...fault, on: asksForUser });
    await assertForeign(() => run({ delayMs: 0 }));
    assertEquals(await dump(database), before);
    server.inject({ ...fault, on: asksForUser, times: 2 });
    const error = await assertRejects(
      () => run({ attempts: 2, delayMs: 0 }),
      SyncError,
    );
    assertEquals(error.code, "retries_exhausted");
    assertEquals(await dump(database), before);
  }
});

test("a mirror syncs even if the server does not say whose session it is", async () => {
  for (const status of [401, 404, 500]) {
    const { server, session, mirror, assertMirrors } = await openFixture();
    const { fetch } = server;
    const { baseUrl, accessToken } = session;
    server.library.addAsset();
    server.inject({ type: "status", status, on: asksForUser });
    await mirror.sync({ baseUrl, accessToken }, { fetch });
    await assertMirrors();
  }
});

test("a mirror syncs if only the session says whose session it is", async () => {
  for (const fault of [{ type: "status", status: 500 }, { type: "refuse" }]) {
    const { server, session, mirror, assertMirrors } = await openFixture();
    const { fetch } = server;
    server.library.addAsset();
    const on = asksForUser;
    server.inject({ ...fault as Fault, on, times: Infinity });
    await mirror.sync(session, { fetch, retry: { delayMs: 0 } });
    await assertMirrors();
    assertEquals(server.requests.filter(on).length, 2);
  }
});

test("an abort ends a run that is still asking the server for the session's user", async () => {
  const { session, mirror } = await openFixture();
  const { baseUrl, accessToken } = session;
  const controller = new AbortController();
  const reason = new Error("enough");
  const error = await mirror.sync({ baseUrl, accessToken }, {
    signal: controller.signal,
    idleTimeoutMs: false,
    fetch(_, { signal }) {
      const ended = new Promise<never>((_, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
      });
      controller.abort(reason);
      return ended;
    },
  }).catch((error) => error);
  assertEquals(error, reason);
});
