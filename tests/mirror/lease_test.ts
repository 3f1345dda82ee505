/**
 * Two runs on one mirror exclude each other, and a crashed run blocks others
 * only briefly.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { SYSTEM } from "../../src/http/mod.ts";
import {
  type Mirror,
  type MirrorDatabase,
  MirrorError,
  type MirrorSyncOptions,
  type SqlStatement,
} from "../../src/mirror/mod.ts";
import { openMirror } from "../../src/mirror/create_mirror.ts";
import { later, turn } from "../support/events.ts";
import { test } from "../support/test.ts";
import { INCREMENTAL, QUIET } from "../support/starts.ts";
import { openFixture } from "./fixture.ts";

async function assertBusy(work: () => Promise<unknown>): Promise<MirrorError> {
  const error = await assertRejects(work, MirrorError);
  assertEquals(error.code, "mirror_busy");
  assert(error.retryable);
  return error;
}

/** Opens two mirrors on the same database, with a shared clock. */
async function two() {
  let time = 1_000_000;
  const now = () => time;
  const all = await openFixture({ now, leaseMs: 1000 });
  const other = await all.reopen();
  return { ...all, other, now, wait: (ms: number) => void (time += ms) };
}

const store = (mirror: Mirror, id: string) =>
  mirror.process({
    type: "UserDeleteV1",
    events: [{ type: "UserDeleteV1", data: { userId: id }, ack: id }],
  });

test("a run on a busy mirror is rejected with the time until the lease expires", async () => {
  const { mirror, other, wait } = await two();
  await mirror.begin(INCREMENTAL);
  wait(400);
  const { retryAfterMs } = await assertBusy(() => other.begin(INCREMENTAL));
  assertEquals(retryAfterMs, 600);
  await assertBusy(() => other.reset());
});

test("a run that ends or fails releases the mirror for other runs", async () => {
  const { mirror, other, session, server } = await two();
  await mirror.begin(INCREMENTAL);
  await mirror.end(QUIET);
  await other.begin(INCREMENTAL);
  await other.end(QUIET);
  server.inject({ type: "status", status: 401 });
  await assertRejects(() => mirror.sync(session, { fetch: server.fetch }));
  await other.sync(session, { fetch: server.fetch });
});

test("a run renews its lease on the mirror with each batch", async () => {
  const { mirror, other, wait } = await two();
  await mirror.begin(INCREMENTAL);
  for (let i = 0; i < 3; i++) {
    wait(900);
    await store(mirror, `id-${i}`);
  }
  await assertBusy(() => other.begin(INCREMENTAL));
});

test("a crashed run blocks others only until its lease expires", async () => {
  const { mirror, other, wait } = await two();
  await mirror.begin(INCREMENTAL);
  wait(999);
  await assertBusy(() => other.begin(INCREMENTAL));
  wait(1);
  await other.begin(INCREMENTAL);
});

const DAY_MS = 24 * 60 * 60 * 1000;

for (
  const [name, aheadMs] of [
    ["a minute ahead", 60_000],
    ["a day ahead", DAY_MS],
    ["in the year 9999", Date.UTC(9999, 0)],
    ["in 1970", -999_000],
  ] as const
) {
  test(`a crashed run blocks others only for leaseMs, even if its clock was ${name}`, async () => {
    const { mirror, other, wait } = await two();
    wait(aheadMs);
    await mirror.begin(INCREMENTAL);
    wait(1000 - aheadMs);
    await other.begin(INCREMENTAL);
  });
}

test("a lease holds even if the clocks of two machines differ slightly", async () => {
  const { mirror, other, wait } = await two();
  wait(500);
  await mirror.begin(INCREMENTAL);
  wait(-500);
  await assertBusy(() => other.begin(INCREMENTAL));
});

test("a lease lasts for the leaseMs of the mirror object that acquired it", async () => {
  const { reopen, other, wait } = await two();
  const patient = await reopen({ leaseMs: DAY_MS });
  await patient.begin(INCREMENTAL);
  await assertBusy(() => other.begin(INCREMENTAL));
  wait(DAY_MS - 1);
  await assertBusy(() => other.begin(INCREMENTAL));
  wait(1);
  await other.begin(INCREMENTAL);
});

test("a leaseMs that is not a positive, finite number is rejected", async () => {
  const { database, reopen } = await two();
  const before = await database.all("SELECT * FROM mirror_state", []);
  for (const ms of ["30000", 0, -1, NaN, Infinity, 2 ** 53, null, {}]) {
    const leaseMs = ms as number;
    await assertRejects(() => reopen({ leaseMs }), RangeError, "leaseMs");
  }
  assertEquals(await database.all("SELECT * FROM mirror_state", []), before);
});

test("a run that lost its lease writes nothing more", async () => {
  const { mirror, other, wait } = await two();
  await mirror.begin(INCREMENTAL);
  wait(1000);
  await other.begin(INCREMENTAL);
  await store(other, "id-1");
  const before = await other.status();
  await assertBusy(() => store(mirror, "id-2"));
  await assertBusy(() => mirror.end(QUIET));
  assertEquals(await other.status(), before);
  await store(other, "id-3");
});

test("an expired lease remains usable until another run acquires it", async () => {
  const { mirror, wait } = await two();
  await mirror.begin(INCREMENTAL);
  wait(5000);
  await store(mirror, "id-1");
});

test("a run waiting for a busy mirror starts once the mirror is free, unless aborted", async () => {
  const { mirror, other, database, session, server, now, wait } = await two();
  const { fetch } = server;
  await mirror.begin(INCREMENTAL);
  wait(300);
  const waits: number[] = [];
  const waiting = await openMirror(database, { userId: server.user.id }, {
    now,
    random: () => 0,
    sleep: (ms) => Promise.resolve((waits.push(ms), wait(ms))),
  });
  await waiting.sync(session, { fetch, whenBusy: "wait" });
  assertEquals(waits, [700]);
  await mirror.begin(INCREMENTAL);
  const reason = new Error("enough");
  const options = {
    fetch,
    whenBusy: "wait",
    signal: AbortSignal.abort(reason),
  };
  const error = await other.sync(session, options as MirrorSyncOptions)
    .catch((error) => error);
  assertEquals(error, reason);
});

/** Opens a mirror whose first attempt to acquire the lease does something else. */
async function acquiring(
  { database, server, now }: Awaited<ReturnType<typeof two>>,
  act: (attempt: () => Promise<void>) => Promise<void>,
) {
  let isFirst = true;
  const waits: number[] = [];
  const mirror = await openMirror(
    {
      ...database,
      batch(statements) {
        const isAttempt = isFirst &&
          statements.some(({ sql }) => sql.includes("lease_holder = ?, "));
        if (!isAttempt) return database.batch(statements);
        isFirst = false;
        return act(async () => await database.batch(statements));
      },
    },
    { userId: server.user.id },
    { ...SYSTEM, now, sleep: (ms) => Promise.resolve(void waits.push(ms)) },
  );
  return { mirror, waits };
}

test("a run waiting for a busy mirror starts if the lease is released meanwhile", async () => {
  const all = await two();
  const { fetch } = all.server;
  await all.mirror.begin(INCREMENTAL);
  const { mirror, waits } = await acquiring(all, async (attempt) => {
    await attempt();
    await all.mirror.end(QUIET);
  });
  await mirror.sync(all.session, { fetch, whenBusy: "wait" });
  assertEquals(waits, [0]);
});

test("a run waiting for a busy mirror retries if its file is locked", async () => {
  const all = await two();
  const { fetch } = all.server;
  const locked = new MirrorError("locked", { code: "mirror_busy" });
  const { mirror, waits } = await acquiring(all, () => Promise.reject(locked));
  await mirror.sync(all.session, { fetch, whenBusy: "wait" });
  assertEquals(waits, [0]);
});

test("a run waiting for a busy mirror ends if the database fails", async () => {
  const all = await two();
  const { fetch } = all.server;
  const broken = new Error("disk I/O error");
  const { mirror } = await acquiring(all, () => Promise.reject(broken));
  const error = await mirror.sync(all.session, { fetch, whenBusy: "wait" })
    .catch((error) => error);
  assertEquals(error, broken);
});

test("a run waiting for a busy mirror starts soon after the other run has ended", async () => {
  const { database, session, server, now, wait } = await two();
  const { user: { id: userId }, fetch } = server;
  const options = { userId, leaseMs: 60_000 };
  const env = { now, random: () => 0 };
  const running = await openMirror(database, options, { ...SYSTEM, ...env });
  await running.begin(INCREMENTAL);
  let waitedMs = 0;
  const waiting = await openMirror(database, options, {
    ...env,
    async sleep(ms) {
      wait(ms);
      waitedMs += ms;
      if (waitedMs === ms) await running.end(QUIET);
    },
  });
  await waiting.sync(session, { fetch, whenBusy: "wait" });
  assert(waitedMs <= 1000, `${waitedMs} ms`);
});

test("a mirror allows only one run at a time", async () => {
  const { mirror, session, server } = await two();
  const running = mirror.sync(session, { fetch: server.fetch });
  await assertBusy(() => mirror.sync(session, { fetch: server.fetch }));
  await running;
  await mirror.sync(session, { fetch: server.fetch });
});

/**
 * Creates a database that holds back the next batch containing a given string,
 * until the test releases the batch.
 */
function holding(database: MirrorDatabase, text: string) {
  const held = later();
  const released = later();
  let isArmed = true;
  return {
    held: held.promise,
    release: () => released.resolve(),
    database: {
      ...database,
      async batch(statements: readonly SqlStatement[]) {
        const isHeld = isArmed &&
          statements.some(({ sql }) => sql.includes(text));
        if (isHeld) {
          isArmed = false;
          held.resolve();
          await released.promise;
        }
        return await database.batch(statements);
      },
    },
  };
}

const HELD = {
  process: "INTO assets",
  begin: "asked_families",
  end: "lease_holder = NULL",
};

for (const [step, text] of Object.entries(HELD)) {
  test(`a run aborted during ${step} releases the mirror and writes nothing more`, async () => {
    const { server, session, database, column } = await openFixture();
    server.library.addAsset();
    const { held, release, ...slow } = holding(database, text);
    const mirror = await openMirror(
      slow.database,
      { userId: server.user.id },
      SYSTEM,
    );
    const controller = new AbortController();
    const reason = new Error("shutting down");
    const { fetch } = server;
    const running = mirror.sync(session, { fetch, signal: controller.signal });
    await held;
    controller.abort(reason);
    assertEquals(await running.catch((error) => error), reason);
    assertEquals(await column("SELECT lease_holder FROM mirror_state"), [null]);

    // The late batch arrives during the next run of the same mirror.
    await mirror.begin(INCREMENTAL);
    const after = await database.all("SELECT * FROM mirror_state", []);
    const rows = await database.all("SELECT * FROM mirror_events", []);
    release();
    await turn();
    assertEquals(await database.all("SELECT * FROM mirror_state", []), after);
    assertEquals(await database.all("SELECT * FROM mirror_events", []), rows);
    await mirror.sync(session, { fetch });
    assertEquals(await column("SELECT count(*) FROM assets"), [1]);
  });
}
