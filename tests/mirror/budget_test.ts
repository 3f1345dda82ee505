/** Mirrors that are synced in many small runs. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Fetch, ServerVersion } from "../../mod.ts";
import type { MirrorSyncOptions } from "../../src/mirror/mod.ts";
import { MirrorError } from "../../src/mirror/mod.ts";
import { Clock, HOUR_MS } from "../support/clock.ts";
import { INCREMENTAL } from "../support/starts.ts";
import { test } from "../support/test.ts";
import { type Fixture, openFixture } from "./fixture.ts";

/** More runs than any library in these tests needs. */
const MANY = 200;

/** Acknowledges each batch, so that a run can end after any of them. */
const EACH = { batchSize: 2, ack: { every: 1, intervalMs: false } } as const;

/** Creates a mirror of a library that contains other users' rows. */
async function setUp(version: ServerVersion): Promise<Fixture> {
  const fixture = await openFixture({ version });
  const { server: { library, user } } = fixture;
  const bob = library.as(library.addUser({ email: "bob@immich.test" }).id);
  for (const own of [library, bob]) own.addAlbum({}, [own.addAsset().id]);
  bob.addPartner(user.id);
  bob.shareAlbum(bob.albums[0]!.id, user.id);
  return fixture;
}

/** Syncs until nothing is left, and returns the number of runs. */
async function syncAll(
  { mirror, server }: Fixture,
  session: Fixture["session"],
  options: MirrorSyncOptions,
): Promise<number> {
  for (let runs = 1; runs < MANY; runs++) {
    const before = server.requests.length;
    const { more, complete } = await mirror.sync(session, {
      ...EACH,
      fetch: server.fetch,
      ...options,
    });
    const used = server.requests.length - before;
    const limit = options.budget?.requests || Infinity;
    assert(used <= limit, `${used} of ${limit} requests`);
    assertEquals(complete, !more);
    if (!more) return runs;
  }
  throw new Error(`More than ${MANY} runs with ${JSON.stringify(options)}`);
}

const RELEASES = [
  { major: 3, minor: 2, patch: 0 },
  { major: 3, minor: 1, patch: 0 },
  { major: 2, minor: 7, patch: 5 },
];

for (const version of RELEASES) {
  const { major, minor, patch } = version;
  const release = `${major}.${minor}.${patch}`;

  test(`a mirror of a ${release} server is complete even if each run sends few requests`, async () => {
    const { server, sync } = await setUp(version);
    await sync(EACH);
    const most = server.requests.length;
    for (let requests = 6; requests <= most; requests++) {
      const fixture = await setUp(version);
      const { server, session, database, assertMirrors } = fixture;
      const { library } = server;
      const budget = { requests };
      await syncAll(fixture, session, { budget });
      await assertMirrors();
      // The next runs read the user, delete checkpoints and start from the beginning.
      library.deleteAsset(library.assets[0]!.id);
      library.addAsset();
      await database.batch([{
        sql: `UPDATE mirror_state SET stale_types = '["UserV1"]'`,
        params: [],
      }]);
      await syncAll(fixture, server.createSession(), { budget });
      await assertMirrors();
    }
  });
}

test("the next run continues a full sync that was ended by a budget", async () => {
  const fixture = await setUp({ major: 3, minor: 1, patch: 0 });
  const { server, session } = fixture;
  await syncAll(fixture, session, {});
  server.requests.length = 0;
  const { more } = await fixture.sync({
    ...EACH,
    full: true,
    budget: { requests: 6 },
  });
  assert(more);
  assert(await syncAll(fixture, session, { budget: { requests: 6 } }) > 1);
  const fromZero = server.requests.filter(({ body }) => /"reset"/.test(body));
  assertEquals(fromZero.length, 1);
  const { fullStartedAt } = await fixture.mirror.status();
  assertEquals(fullStartedAt, null);
});

test("a budget that is too small for a mirror is rejected before any request", async () => {
  const { server, sync } = await setUp({ major: 3, minor: 1, patch: 0 });
  await assertRejects(
    () => sync({ budget: { requests: 5 } }),
    RangeError,
    "Cannot sync: budget.requests must be a number of at least 6, received 5",
  );
  assertEquals(server.requests.length, 0);
});

test("a run that is ended by its budget releases the mirror", async () => {
  const { sync, session, server, reopen } = await setUp({
    major: 3,
    minor: 1,
    patch: 0,
  });
  const { more } = await sync({ ...EACH, budget: { requests: 6 } });
  assert(more);
  const other = await reopen();
  await other.sync(session, { fetch: server.fetch });
});

test("a run does not wait for a busy mirror if the wait would exceed its budget", async () => {
  const { sync, reopen, server } = await openFixture({ now: () => 1000 });
  const other = await reopen({ leaseMs: 2 * HOUR_MS });
  await other.begin(INCREMENTAL);
  using clock = new Clock();
  const error = await assertRejects(
    () => sync({ whenBusy: "wait", budget: { durationMs: HOUR_MS } }),
    MirrorError,
  );
  assertEquals([error.code, error.retryAfterMs], ["mirror_busy", 2 * HOUR_MS]);
  assertEquals(clock.timers, 0, "a timer is left");
  const streams = server.requests.filter(({ path }) => /stream/.test(path));
  assertEquals(streams, []);
});

test("a run with a budget sends no request if its signal is already aborted", async () => {
  const { server, sync } = await openFixture();
  const reason = new Error("stopped by the user");
  const error = await assertRejects(() =>
    sync({ signal: AbortSignal.abort(reason), budget: { durationMs: HOUR_MS } })
  );
  assertEquals(error, reason);
  assertEquals(server.requests.length, 0);
});

test("a budget's time limit ends a run even if the request for the user hangs", async () => {
  const fixture = await setUp({ major: 3, minor: 1, patch: 0 });
  const { server, sync, session, assertMirrors } = fixture;
  using clock = new Clock();
  const fetch: Fetch = (url, init) => {
    if (!url.endsWith("/users/me")) return server.fetch(url, init);
    return new Promise((_, reject) => {
      const { signal } = init;
      signal?.addEventListener("abort", () => reject(signal.reason));
    });
  };
  const budget = { durationMs: 2 * HOUR_MS };
  const running = sync({ fetch, idleTimeoutMs: false, budget });
  await clock.passUntil(running);
  assertEquals((await running).more, true);
  assertEquals([server.requests.length, clock.timers], [0, 0]);
  await syncAll(fixture, session, {});
  await assertMirrors();
});
