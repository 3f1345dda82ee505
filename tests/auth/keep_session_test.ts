import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AuthenticationError,
  currentUser,
  HttpError,
  keepSession,
  type KeepSessionOptions,
  type KeptSession,
  login,
  logout,
  type Session,
  StoreError,
  sync,
  type TraceEvent,
} from "../../mod.ts";
import { keepSessionWith } from "../../src/auth/mod.ts";
import { FakeImmich, type FakeImmichOptions } from "../../src/testing/mod.ts";
import { later } from "../support/events.ts";
import { type MemoryStore, memoryStore, sessionIds } from "../support/kept.ts";
import { testEnv } from "../support/env.ts";
import { SESSION } from "../support/fetch.ts";
import { test } from "../support/test.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** A server, a store, and a clock that both use. */
interface World {
  server: FakeImmich;
  store: MemoryStore;
  /** The number of times that the user signed in. */
  logins: number;
  now: number;
  keep(options?: KeepSessionOptions): KeptSession;
}

function world(options: FakeImmichOptions = {}): World {
  const clock = { now: Date.parse("2026-11-27") };
  const now = () => clock.now;
  const server = new FakeImmich({ now, ...options });
  const { baseUrl, fetch } = server;
  const store = memoryStore();
  return {
    server,
    store,
    logins: 0,
    keep(options = {}) {
      const signIn = () => {
        this.logins++;
        return login("demo@immich.test", "demo", { baseUrl, fetch });
      };
      const all = { fetch, ...options };
      return keepSessionWith(store, signIn, all, testEnv({ now }));
    },
    get now() {
      return clock.now;
    },
    set now(ms) {
      clock.now = ms;
    },
  };
}

const paths = ({ server }: World) =>
  server.requests.map(({ method, path }) => `${method} ${path}`);

/** Reads the login in a store. */
const loginIn = ({ store }: World): Session => JSON.parse(store.text!).login;

test("ten runs on one store use one login and one child session", async () => {
  const it = world();
  const session = await it.keep({ deviceType: "backup" }).get();
  const ids = await sessionIds(it.server);
  assertEquals(ids.length, 2);
  for (let i = 0; i < 9; i++) assertEquals(await it.keep().get(), session);
  assertEquals(await sessionIds(it.server), ids);
  assertEquals(it.logins, 1);
});

test("the kept session is a child session with the given device type", async () => {
  const it = world();
  await it.keep({ deviceType: "backup", deviceOS: "edge" }).get();
  const created = it.server.requests.find(({ path }) =>
    path.endsWith("/sessions")
  );
  assertEquals(JSON.parse(created!.body), {
    deviceType: "backup",
    deviceOS: "edge",
  });
});

test("a second run with a kept session fetches nothing twice", async () => {
  const it = world();
  it.server.library.addAsset();
  const { fetch } = it.server;
  const processor = { process() {}, reset() {} };
  const run = async () =>
    (await sync(await it.keep().get(), ["AssetsV2"], processor, { fetch }))
      .counts;
  assertEquals(await run(), { AssetV2: 1 });
  assertEquals(await run(), {});
});

test("a later run makes one request, and writes nothing", async () => {
  const it = world();
  await it.keep().get();
  it.server.requests.length = 0;
  it.store.calls.length = 0;
  await it.keep().get();
  assertEquals(paths(it), ["GET /api/users/me"]);
  assertEquals(it.store.calls, ["get"]);
});

test("the login and its child session stay alive for years of daily runs", async () => {
  const it = world();
  const kept = it.keep();
  const session = await kept.get();
  for (let i = 0; i < 800; i++) {
    it.now += DAY_MS;
    assertEquals(await kept.get(), session);
  }
  assertEquals(it.logins, 1);
});

test("the login is used once a day, not in every run", async () => {
  const it = world();
  const kept = it.keep();
  await kept.get();
  const token = `Bearer ${loginIn(it).accessToken}`;
  it.server.requests.length = 0;
  for (let i = 0; i < 48; i++) {
    it.now += DAY_MS / 24;
    await kept.get();
  }
  const uses = it.server.requests.filter(({ headers }) =>
    headers.authorization === token
  );
  assertEquals(uses.length, 2);
});

test("the user signs in again after 90 days without use", async () => {
  const it = world();
  const kept = it.keep();
  const session = await kept.get();
  it.now += 91 * DAY_MS;
  const again = await kept.get();
  assert(again.accessToken !== session.accessToken);
  assertEquals(it.logins, 2);
  assertEquals(await kept.get(), again);
});

test("the login creates another child session if only that one has ended", async () => {
  const it = world();
  const kept = it.keep();
  const session = await kept.get();
  await logout(session, { fetch: it.server.fetch });
  const again = await kept.get();
  assert(again.accessToken !== session.accessToken);
  assertEquals(it.logins, 1);
  assertEquals((await sessionIds(it.server)).length, 2);
});

test("the user signs in again if the login has ended", async () => {
  const it = world();
  const kept = it.keep();
  await kept.get();
  it.server.endSession(loginIn(it));
  await kept.get();
  assertEquals(it.logins, 2);
  assertEquals((await sessionIds(it.server)).length, 2);
});

test("sessions that a server rejects by mistake are ended, not left behind", async () => {
  const it = world();
  const kept = it.keep();
  await kept.get();
  const on = ({ method }: { method: string }) => method === "GET";
  it.server.inject({ type: "status", status: 401, on, times: 2 });
  const again = await kept.get();
  assertEquals(it.logins, 2);
  assertEquals((await sessionIds(it.server)).length, 2);
  await currentUser(again, { fetch: it.server.fetch });
});

for (const status of [400, 403, 404, 429, 500, 503]) {
  test(`a response with status ${status} does not sign the user in again`, async () => {
    const it = world();
    const kept = it.keep();
    const session = await kept.get();
    it.server.inject({ type: "status", status, on: "any" });
    const error = await assertRejects(() => kept.get(), HttpError);
    assertEquals(error.status, status);
    assertEquals(await kept.get(), session);
    assertEquals(it.logins, 1);
  });
}

test("a lost connection does not sign the user in again", async () => {
  const it = world();
  const kept = it.keep();
  const session = await kept.get();
  it.server.inject({ type: "refuse", on: "any" });
  await assertRejects(() => kept.get());
  assertEquals(await kept.get(), session);
  assertEquals(it.logins, 1);
});

for (
  const [name, options] of Object.entries<FakeImmichOptions>({
    "1.132": { version: { major: 1, minor: 132, patch: 0 } },
    "compatible": { compatible: { childSessions: false } },
  })
) {
  test(`the login itself is kept on a ${name} server without child sessions`, async () => {
    const it = world(options);
    const session = await it.keep().get();
    for (let i = 0; i < 100; i++) {
      it.now += DAY_MS;
      assertEquals(await it.keep().get(), session);
    }
    assertEquals(session, loginIn(it));
    assertEquals(it.logins, 1);
    it.server.endSession(session);
    await it.keep().get();
    assertEquals(it.logins, 2);
    assertEquals((await sessionIds(it.server)).length, 1);
  });
}

test("simultaneous calls share one result", async () => {
  const it = world();
  const kept = it.keep();
  const [a, ...rest] = await Promise.all([kept.get(), kept.get(), kept.get()]);
  for (const b of rest) assertEquals(a, b);
  assertEquals(it.logins, 1);
  assertEquals(
    paths(it).filter((path) => path === "POST /api/sessions").length,
    1,
  );
});

test("the first call after a failure retries", async () => {
  const it = world();
  const kept = it.keep();
  it.server.inject({ type: "refuse", on: "any" });
  await assertRejects(() => kept.get());
  await kept.get();
  assertEquals((await sessionIds(it.server)).length, 2);
});

test("a failed sign-in throws its own error, and leaves the store empty", async () => {
  const it = world();
  const failure = new Error("no password");
  const signIn = () => Promise.reject(failure);
  const kept = keepSessionWith(it.store, signIn, {}, testEnv());
  const error = await assertRejects(() => kept.get());
  assertEquals(error, failure);
  assertEquals(it.store.text, undefined);
});

test("a sign-in that returns no session is a TypeError, and leaves the store empty", async () => {
  const it = world();
  // deno-lint-ignore no-explicit-any
  const signIn: any = () => ({ baseUrl: "https://immich.test", apiKey: "1" });
  const kept = keepSessionWith(it.store, signIn, {}, testEnv());
  await assertRejects(() => kept.get(), TypeError, "API key");
  assertEquals(it.store.text, undefined);
});

test("end() signs out on the server, and empties the store", async () => {
  const it = world();
  const kept = it.keep();
  const session = await kept.get();
  await kept.end();
  assertEquals(it.store.text, undefined);
  assertEquals(await sessionIds(it.server), []);
  await assertRejects(
    () => currentUser(session, { fetch: it.server.fetch }),
    AuthenticationError,
  );
  await kept.end();
  await kept.get();
  assertEquals(it.logins, 2);
});

test("end() keeps the store if the server cannot be reached", async () => {
  const it = world();
  const kept = it.keep();
  await kept.get();
  const { text } = it.store;
  it.server.inject({ type: "refuse", on: "any" });
  await assertRejects(() => kept.end());
  assertEquals(it.store.text, text);
});

test("end() succeeds if the session has already ended", async () => {
  const it = world();
  const kept = it.keep();
  await kept.get();
  it.server.endSession(loginIn(it));
  await kept.end();
  assertEquals(it.store.text, undefined);
});

const CORRUPT = ["", "{", "null", "[]", '{"version":2}', '{"session":{}}'];

for (const text of [...CORRUPT, JSON.stringify(SESSION)]) {
  test(`a store that holds ${text.slice(0, 20) || "an empty text"} is an error`, async () => {
    const it = world();
    it.store.text = text;
    const error = await assertRejects(() => it.keep().get(), StoreError);
    assertEquals(error.code, "store_corrupt");
    assertEquals(
      error.message,
      "Cannot load the session: the store holds something other than a session; delete it to sign in again",
    );
    assertEquals(it.store.text, text);
    assertEquals(it.server.requests, []);
  });
}

test("half a text from a write in progress is read again", async () => {
  const it = world();
  const session = await it.keep().get();
  const text = it.store.text!;
  const parts = [text.slice(0, 40), "", text];
  const store = { ...memoryStore(), get: () => parts.shift() ?? text };
  const { fetch } = it.server;
  const options = { fetch };
  const refuse = () => Promise.reject(new Error("signed in"));
  const env = testEnv({ now: () => it.now });
  assertEquals(
    await keepSessionWith(store, refuse, options, env).get(),
    session,
  );
});

test("a store that cannot be written causes an error before any sign-in", async () => {
  const it = world();
  it.store.set = () => {
    throw new Error("EACCES: permission denied");
  };
  const error = await assertRejects(() => it.keep().get(), StoreError);
  assertEquals(
    error.message,
    'Cannot save the session: the store failed with "EACCES: permission denied"',
  );
  assertEquals(it.logins, 0);
});

test("a store that loses what is written causes an error before any sign-in", async () => {
  const it = world();
  it.store.set = () => {};
  await assertRejects(
    () => it.keep().get(),
    StoreError,
    "the store does not return what was written to it",
  );
  assertEquals(it.logins, 0);
});

test("an abort ends the wait for another process", async () => {
  const it = world();
  const claim = { id: "other", until: it.now + 30_000 };
  it.store.text = JSON.stringify({ version: 1, claim });
  const waiting = later();
  const controller = new AbortController();
  const env = testEnv({
    now: () => it.now,
    sleep(_ms, signal) {
      waiting.resolve();
      return new Promise((_, reject) => {
        signal!.addEventListener("abort", () => reject(signal!.reason));
      });
    },
  });
  const { signal } = controller;
  const refuse = () => Promise.reject(new Error("signed in"));
  const kept = keepSessionWith(it.store, refuse, { signal }, env);
  const session = kept.get();
  await waiting.promise;
  controller.abort(new Error("stop"));
  await assertRejects(() => session, Error, "stop");
});

for (const ms of [-1, NaN, Infinity]) {
  test(`settleMs and leaseMs of ${ms} are a RangeError`, () => {
    for (const options of [{ settleMs: ms }, { leaseMs: ms }]) {
      assertThrows(
        () => keepSession(memoryStore(), () => SESSION, options),
        RangeError,
        `must be a number of at least 0, received ${ms}`,
      );
    }
  });
}

test("settleMs as a string, such as an environment variable, is a RangeError", () => {
  const settleMs = "1000" as unknown as number;
  assertThrows(
    () => keepSession(memoryStore(), () => SESSION, { settleMs }),
    RangeError,
    "settleMs must be a number of at least 0, received string",
  );
});

test("keepSession traces its wait for other processes before it signs in", async () => {
  const events: TraceEvent[] = [];
  const onTrace = (event: TraceEvent) => events.push(event);
  await world().keep({ onTrace, settleMs: 500 }).get();
  assertEquals(events.filter(({ type }) => type === "wait"), [
    { type: "wait", reason: "sign_in", waitMs: 500 },
  ]);
});

test("keepSession traces the wait for another process once, with its longest time", async () => {
  const it = world();
  const claim = { id: "another", until: it.now + 60_000 };
  it.store.text = JSON.stringify({ version: 1, claim });
  const waits: number[] = [];
  const sleeps: number[] = [];
  const { baseUrl, fetch } = it.server;
  const kept = keepSessionWith(
    it.store,
    () => login("demo@immich.test", "demo", { baseUrl, fetch }),
    {
      fetch,
      onTrace: (event) => event.type === "wait" && waits.push(event.waitMs),
    },
    testEnv({
      now: () => it.now,
      sleep(ms) {
        sleeps.push(ms);
        it.now += ms;
        return Promise.resolve();
      },
    }),
  );
  await kept.get();
  assertEquals(waits, [60_000, 1_000]);
  // The other process may end at any time, so the store is read every second.
  assertEquals(sleeps, Array(61).fill(1_000));
});
