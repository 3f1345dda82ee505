/** Logins, the copy's session, and sessions to end on the server. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { SessionLimitError } from "../../../examples/photos/src/logins.ts";
import type { Session } from "../../../mod.ts";
import { test } from "../../support/test.ts";
import { Scene, unauthorized } from "./fake_storage.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const CREATE = "POST /sessions";
const REVOKE = "POST /auth/logout";

/** Signs out, and returns whether the sessions have ended on the server. */
async function signOut(it: Scene, ticket: string): Promise<boolean> {
  const sessions = await it.logins.remove(ticket);
  const ended = sessions.map((session) => it.revocations.revoke(session));
  return (await Promise.all(ended)).every(Boolean);
}

/** Returns whether the server accepts a session. */
function isAlive({ fake }: Scene, { accessToken }: Session): Promise<boolean> {
  const headers = { authorization: `Bearer ${accessToken}` };
  return fake.fetch(`${fake.baseUrl}/api/users/me`, { headers })
    .then(({ ok }) => ok);
}

function secretsIn({ storage }: Scene): string[] {
  return [...storage.values].filter(([, value]) =>
    JSON.stringify(value).includes("accessToken")
  ).map(([key]) => key);
}

test("the copy keeps one session of its own", async () => {
  await using it = new Scene();
  const session = it.session();
  await it.signIn(session);
  const copy = await it.logins.forCopy();
  assert(copy !== undefined && copy.accessToken !== session.accessToken);
  assertEquals(await it.logins.forCopy(), copy);
  assertEquals(it.count(CREATE), 1);
});

test("the copy has no session before a sign-in", async () => {
  await using it = new Scene();
  assertEquals(await it.logins.forCopy(), undefined);
  assertEquals(it.requests, []);
});

test("the copy gets at most one session in five minutes", async () => {
  await using it = new Scene();
  await it.signIn();
  it.endSession((await it.logins.forCopy())!);
  await it.logins.checkCopy();
  for (let minutes = 0; minutes < 5; minutes++) {
    await assertRejects(() => it.logins.forCopy(), SessionLimitError);
    it.now += MINUTE_MS;
  }
  assert(await it.logins.forCopy() !== undefined);
  assertEquals(it.count(CREATE), 2);
});

test("a request for a session counts as a new session even without a response", async () => {
  await using it = new Scene();
  await it.signIn();
  it.gate = (path) =>
    path === "/sessions" ? new Response(null, { status: 503 }) : undefined;
  await assertRejects(() => it.logins.forCopy());
  it.gate = () => {};
  await assertRejects(() => it.logins.forCopy(), SessionLimitError);
  assertEquals(it.count(CREATE), 1);
});

test("a login that the server has ended is dropped, and the next one is used", async () => {
  await using it = new Scene();
  const remaining = await it.signIn();
  const session = it.session();
  const ended = await it.signIn(session);
  it.endSession(session);
  assert(await it.logins.forCopy() !== undefined);
  assertEquals(await it.logins.get(ended), undefined);
  assert(await it.logins.get(remaining) !== undefined);
});

test("a login survives a 401 while the copy's session is being created", async () => {
  await using it = new Scene();
  const ticket = await it.signIn();
  it.gate = (path) => path === "/sessions" ? unauthorized() : undefined;
  await assertRejects(() => it.logins.forCopy());
  assert(await it.logins.get(ticket) !== undefined);
  it.gate = () => {};
  assert(await it.logins.forCopy() !== undefined);
});

test("a 401 ends a login only if the server confirms that its session has ended", async () => {
  await using it = new Scene();
  const session = it.session();
  const ticket = await it.signIn(session);
  assertEquals(await it.logins.check(ticket), true);
  it.endSession(session);
  // The server is asked at most once a minute.
  assertEquals(await it.logins.check(ticket), true);
  it.now += MINUTE_MS;
  assertEquals(await it.logins.check(ticket), false);
  assertEquals(await it.logins.get(ticket), undefined);
  assertEquals(it.count("GET /users/me"), 2);
});

test("dropping another login keeps the copy's session", async () => {
  await using it = new Scene();
  await it.signIn();
  const copy = await it.logins.forCopy();
  const session = it.session();
  const other = await it.signIn(session);
  it.endSession(session);
  assertEquals(await it.logins.check(other), false);
  assertEquals(await it.logins.forCopy(), copy);
});

test("the copy's session ends with the login that it depends on", async () => {
  await using it = new Scene();
  const session = it.session();
  const ticket = await it.signIn(session);
  const copy = await it.logins.forCopy();
  it.endSession(session);
  assertEquals(await it.logins.check(ticket), false);
  await it.signIn();
  it.now += 5 * MINUTE_MS;
  const next = await it.logins.forCopy();
  assert(next !== undefined && next.accessToken !== copy!.accessToken);
});

test("the copy's parent session is used daily, so that the server keeps it", async () => {
  await using it = new Scene();
  await it.signIn();
  const copy = await it.logins.forCopy();
  for (let day = 1; day <= 3; day++) {
    it.now += DAY_MS;
    for (let i = 0; i < 3; i++) assertEquals(await it.logins.forCopy(), copy);
    assertEquals(it.count("GET /users/me"), day);
  }
});

test("a login that ended while the copy was idle is noticed the next day", async () => {
  await using it = new Scene();
  const session = it.session();
  const ticket = await it.signIn(session);
  await it.logins.forCopy();
  it.endSession(session);
  it.now += DAY_MS;
  assertEquals(await it.logins.forCopy(), undefined);
  assertEquals(await it.logins.get(ticket), undefined);
});

test("the copy's session is kept after a 401 if the server still accepts it", async () => {
  await using it = new Scene();
  await it.signIn();
  const copy = await it.logins.forCopy();
  await it.logins.checkCopy();
  assertEquals(await it.logins.forCopy(), copy);
});

test("a sign-out ends the browser's session but keeps the copy's for other browsers", async () => {
  await using it = new Scene();
  const [first, second] = [it.session(), it.session()];
  const ticket = await it.signIn(first);
  const copy = await it.logins.forCopy();
  const other = await it.signIn(second);
  const third = await it.signIn();
  assertEquals(await signOut(it, third), true);
  assertEquals(it.count(REVOKE), 1);
  // The copy's session depends on the first login.
  assertEquals(await signOut(it, ticket), true);
  assertEquals(await it.logins.get(ticket), undefined);
  assertEquals(await it.logins.forCopy(), copy);
  assert(await isAlive(it, copy!));
  // The last sign-out ends all sessions.
  assertEquals(await signOut(it, other), true);
  for (const session of [first, second, copy!]) {
    assertEquals(await isAlive(it, session), false);
  }
  assertEquals(secretsIn(it), []);
  assertEquals(await it.logins.forCopy(), undefined);
});

test("a signed-out browser's session ends once the copy's session has ended", async () => {
  await using it = new Scene();
  const session = it.session();
  const ticket = await it.signIn(session);
  const copy = await it.logins.forCopy();
  await it.signIn();
  await signOut(it, ticket);
  it.endSession(copy!);
  await it.logins.checkCopy();
  assertEquals(await isAlive(it, session), false);
});

test("a sign-out while the copy's session is being created leaves no session", async () => {
  await using it = new Scene();
  const session = it.session();
  const ticket = await it.signIn(session);
  let signedOut: Promise<boolean> | undefined;
  it.gate = (path) => {
    if (path === "/sessions") signedOut = signOut(it, ticket);
  };
  assertEquals(await it.logins.forCopy().catch(() => undefined), undefined);
  assertEquals(await signedOut, true);
  assertEquals(secretsIn(it), []);
  assertEquals(await isAlive(it, session), false);
});

test("ten browsers can be signed in; the oldest are signed out first", async () => {
  await using it = new Scene();
  const parent = await it.signIn();
  await it.logins.forCopy();
  const tickets: string[] = [];
  for (let i = 0; i < 14; i++) tickets.push(await it.signIn());
  const states = await Promise.all(
    tickets.map(async (ticket) => await it.logins.get(ticket) !== undefined),
  );
  assertEquals(states, [...Array(5).fill(false), ...Array(9).fill(true)]);
  // The copy's session depends on this login.
  assert(await it.logins.get(parent) !== undefined);
  assertEquals(it.count(REVOKE), 5);
});

test("a login ends 90 days after the sign-in, on the server too", async () => {
  await using it = new Scene();
  const session = it.session();
  const ticket = await it.signIn(session);
  const other = await it.signIn();
  it.now += 90 * DAY_MS - 1000;
  for (const one of [session, (await it.logins.get(other))!]) {
    assert(await isAlive(it, one));
  }
  it.now += 1000;
  assertEquals(await it.logins.get(ticket), undefined);
  await it.logins.endExpired();
  assertEquals(it.count(REVOKE), 2);
  assertEquals(await it.logins.hasAny(), false);
  assertEquals(secretsIn(it), []);
});

test("a session that cannot be revoked is kept and revoked later", async () => {
  await using it = new Scene();
  const session = it.session();
  const ticket = await it.signIn(session);
  const job = await it.wakeUp();
  it.gate = (path) =>
    path === "/auth/logout" ? new Response(null, { status: 503 }) : undefined;
  assertEquals(await signOut(it, ticket), false);
  await job.stop();
  const waits: number[] = [];
  for (let i = 0; i < 3; i++) {
    waits.push((it.storage.alarm! - it.now) / MINUTE_MS);
    await it.fireAlarm(job);
  }
  assertEquals(waits, [1, 2, 4]);
  assert(await isAlive(it, session));
  it.gate = () => {};
  await it.fireAlarm(job);
  assertEquals(await isAlive(it, session), false);
  assertEquals(it.storage.alarm, null);
  assertEquals(secretsIn(it), []);
});

test("a session that has already ended does not have to be revoked", async () => {
  await using it = new Scene();
  const session = it.session();
  const ticket = await it.signIn(session);
  it.endSession(session);
  assertEquals(await signOut(it, ticket), true);
  assertEquals(secretsIn(it), []);
});

test("a session is stored before the server is asked to end it", async () => {
  await using it = new Scene();
  const ticket = await it.signIn();
  let stored: string[] = [];
  it.gate = (path) => {
    if (path === "/auth/logout") stored = secretsIn(it);
  };
  assertEquals(await signOut(it, ticket), true);
  assertEquals(stored.length, 1);
});

test("at most five sessions are ended at once, and retries stop after 90 days", async () => {
  await using it = new Scene();
  const at = it.now;
  const add = (key: number, attempts: number) =>
    it.storage.put(`revocation:${key}`, {
      session: it.session(),
      at,
      attempts,
    });
  for (let i = 0; i < 7; i++) await add(i, i < 3 ? 90 * 24 - 1 : 90 * 24 - 2);
  it.gate = () => new Response(null, { status: 503 });
  await it.revocations.retry(false);
  assertEquals(it.count(REVOKE), 5);
  // For three of them, this was the last attempt.
  assertEquals(secretsIn(it).length, 4);
  it.now += 30 * MINUTE_MS;
  await it.revocations.retry(false);
  assertEquals(it.count(REVOKE), 7);
  await it.revocations.retry(true);
  assertEquals(secretsIn(it).length, 0);
});

test("the copy gets its first session even if the clock advances meanwhile", async () => {
  await using it = new Scene();
  await it.signIn();
  Date.now = () => it.now++;
  assert(await it.logins.forCopy() !== undefined);
});
