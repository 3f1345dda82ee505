/**
 * When a copy syncs, what it does after failures, and how it stops. A window is one
 * part of a run.
 */
import { assert, assertEquals } from "@std/assert";
import { toFailure } from "../../../examples/photos/src/copy.ts";
import { SessionLimitError } from "../../../examples/photos/src/logins.ts";
import { BUDGET, type SyncJob } from "../../../examples/photos/src/sync_job.ts";
import {
  AuthenticationError,
  ConnectionError,
  SyncError,
} from "../../../mod.ts";
import { test } from "../../support/test.ts";
import { Scene, unauthorized } from "./fake_storage.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const STREAM = "POST /sync/stream";
const CREATE = "POST /sessions";

/** Lets the alarm fire a number of times, and returns the waits in minutes. */
async function waits(
  it: Scene,
  job: SyncJob,
  times: number,
): Promise<number[]> {
  const minutes: number[] = [];
  for (let i = 0; i < times; i++) {
    minutes.push(Math.round((it.storage.alarm! - it.now) / MINUTE_MS));
    await it.fireAlarm(job);
  }
  return minutes;
}

test("a copy syncs at each interval after the first run", async () => {
  await using it = new Scene();
  it.fake.library.addAsset();
  await it.signIn();
  const job = await it.wakeUp(HOUR_MS);
  assertEquals(it.storage.alarm, null);
  assertEquals((await it.syncNow(job)).contents["Photos and videos"], 1);
  assertEquals(await waits(it, job, 3), [60, 60, 60]);
  assertEquals(job.copy.phase, "idle");
  assertEquals(it.count(CREATE), 1);
});

test("a copy without an interval has no alarm after a run", async () => {
  await using it = new Scene();
  await it.signIn();
  const job = await it.wakeUp();
  assertEquals((await it.syncNow(job)).phase, "idle");
  assertEquals(it.storage.alarm, null);
});

test("a 401 for acks only delays the retries and creates no further session", async () => {
  await using it = new Scene();
  it.fake.library.addAsset();
  const ticket = await it.signIn();
  const job = await it.wakeUp(HOUR_MS);
  it.gate = (path, { method }) =>
    path === "/sync/ack" && method === "POST" ? unauthorized() : undefined;
  await it.syncNow(job);
  assertEquals(job.copy.phase, "waiting");
  assertEquals(await waits(it, job, 8), [1, 2, 4, 8, 16, 32, 60, 60]);
  assertEquals(it.count(CREATE), 1);
  assert(await it.logins.get(ticket) !== undefined);
  it.gate = () => {};
  await it.fireAlarm(job);
  assertEquals(job.copy.phase, "idle");
});

test("retries back off if every session ends after its first ack", async () => {
  await using it = new Scene();
  it.fake.library.addAsset();
  await it.signIn();
  const job = await it.wakeUp(HOUR_MS);
  it.gate = (path, { method, headers }) => {
    if (path !== "/sync/ack" || method !== "POST") return;
    const accessToken = headers.get("authorization")!.replace("Bearer ", "");
    it.endSession({ baseUrl: "", accessToken });
    return unauthorized();
  };
  await it.syncNow(job);
  assertEquals(await waits(it, job, 7), [5, 5, 5, 8, 16, 32, 60]);
  assertEquals(it.count(CREATE), 8);
});

test("a 401 for every request stops the copy until a sign-in", async () => {
  await using it = new Scene();
  await it.signIn();
  const job = await it.wakeUp(HOUR_MS);
  await it.syncNow(job);
  it.gate = unauthorized;
  await it.fireAlarm(job);
  assertEquals(job.copy.phase, "ended");
  assertEquals(it.storage.alarm, null);
  assertEquals(await it.logins.hasAny(), false);
});

test("a copy whose session has ended gets a new one through another login", async () => {
  await using it = new Scene();
  await it.signIn();
  const session = it.session();
  await it.signIn(session);
  const job = await it.wakeUp(HOUR_MS);
  await it.syncNow(job);
  it.endSession(session);
  await it.fireAlarm(job);
  assertEquals(job.copy.failure?.code, "http");
  assertEquals(await waits(it, job, 1), [1]);
  assertEquals(job.copy.phase, "idle");
});

test("a copy that needs another session within five minutes says so and waits", async () => {
  await using it = new Scene();
  const session = it.session();
  const ticket = await it.signIn(session);
  const job = await it.wakeUp();
  await it.syncNow(job);
  for (const one of await it.logins.remove(ticket)) {
    await it.revocations.revoke(one);
  }
  await job.stop();
  await it.signIn();
  await it.syncNow(job);
  assertEquals(job.copy.failure?.code, "session_limit");
  assertEquals(job.mayStart, false);
  assertEquals(await waits(it, job, 1), [5]);
  assertEquals(job.copy.phase, "idle");
});

test("the copy stops when the last login expires", async () => {
  await using it = new Scene();
  await it.signIn();
  const job = await it.wakeUp(DAY_MS);
  await it.syncNow(job);
  while (it.storage.alarm !== null) await it.fireAlarm(job);
  assertEquals(job.copy.phase, "ended");
  assertEquals(it.count("POST /auth/logout"), 1);
  assertEquals((it.now - Date.UTC(2026, 0, 1)) / DAY_MS >= 90, true);
});

for (
  const value of [
    "60",
    "3600",
    "9999999999999",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "9".repeat(400),
  ]
) {
  const name = value.length > 99 ? "a number of 400 digits" : value;
  test(`Retry-After: ${name} blocks clicks too, for at most a day`, async () => {
    await using it = new Scene();
    await it.signIn();
    const job = await it.wakeUp();
    it.gate = (path) =>
      path === "/sync/stream"
        ? new Response(null, { status: 429, headers: { "retry-after": value } })
        : undefined;
    await it.syncNow(job);
    assertEquals(it.count(STREAM), 1);
    const { retryAt = 0 } = job.copy.failure ?? {};
    const seconds = Math.min(Number(value) || Infinity, DAY_MS / 1000);
    assertEquals(retryAt - it.now, Math.max(seconds, 60) * 1000);
    assertEquals(it.storage.alarm, retryAt);
    it.now = retryAt - 1;
    assertEquals(job.mayStart, false);
    it.now = retryAt;
    assertEquals(job.mayStart, true);
  });
}

test("a click may start a run before the next retry", async () => {
  await using it = new Scene();
  await it.signIn();
  const job = await it.wakeUp();
  it.gate = () => new Response(null, { status: 400 });
  await it.syncNow(job);
  assertEquals([job.copy.phase, job.copy.failure?.code], ["waiting", "http"]);
  it.now += 5 * MINUTE_MS;
  assertEquals(job.mayStart, true);
});

test("the last sign-out interrupts a run, and a sign-in resumes the copy", async () => {
  await using it = new Scene();
  for (let i = 0; i < 50; i++) it.fake.library.addAsset();
  const ticket = await it.signIn();
  const job = await it.wakeUp(HOUR_MS);
  const stopped = Promise.withResolvers<void>();
  it.gate = (path) => {
    if (path !== "/sync/stream") return;
    it.gate = () => {};
    void it.logins.remove(ticket).then(() => job.stop()).then(stopped.resolve);
    // This stream never ends.
    return new Response(new ReadableStream());
  };
  await job.start();
  await it.fireAlarm(job);
  await stopped.promise;
  assertEquals(it.count(STREAM), 1);
  assertEquals(job.copy.phase, "ended");
  assertEquals(it.storage.alarm, null);
  assertEquals(it.storage.values.has("sync_session"), false);
  await it.signIn();
  it.now += 5 * MINUTE_MS;
  assertEquals((await it.syncNow(job)).contents["Photos and videos"], 50);
});

test("a copy that stops between two runs has no alarm", async () => {
  await using it = new Scene();
  await it.signIn();
  const job = await it.wakeUp(HOUR_MS);
  await it.syncNow(job);
  assert(it.storage.alarm !== null);
  await job.stop();
  assertEquals(it.storage.alarm, null);
});

test("a sign-in that races with the end of the last login resumes the copy", async () => {
  await using it = new Scene();
  const session = it.session();
  await it.signIn(session);
  const job = await it.wakeUp(HOUR_MS);
  it.endSession(session);
  const { promise: signedIn, resolve } = Promise.withResolvers<unknown>();
  it.gate = (path) => {
    if (path === "/sessions") resolve(it.logins.add(it.session()));
  };
  await job.start();
  await it.fireAlarm(job);
  await signedIn;
  assertEquals(job.copy.phase, "idle");
});

test("a run's window ends when its time is up, and the next one continues the run", async () => {
  await using it = new Scene();
  it.fake.library.addAsset();
  await it.signIn();
  const job = await it.wakeUp(0, { durationMs: 50 });
  it.gate = (path) =>
    path === "/sync/stream" ? new Response(new ReadableStream()) : undefined;
  await job.start();
  for (let windows = 1; windows <= 2; windows++) {
    await it.fireAlarm(job);
    assertEquals([job.copy.phase, job.copy.run?.windows], ["running", windows]);
    assertEquals(it.storage.alarm, it.now);
  }
});

test("a run's window stays within Cloudflare's limits: 50 requests and 15 minutes", () => {
  const { requests, durationMs } = BUDGET;
  assert(requests >= 6 && requests < 50, `${requests}`);
  assert(durationMs > 0 && durationMs < 15 * MINUTE_MS, `${durationMs}`);
});

test("a run's window waits only for a short Retry-After", async () => {
  await using it = new Scene();
  await it.signIn();
  const job = await it.wakeUp();
  it.fake.inject({ type: "status", status: 429, retryAfterSeconds: 1 });
  const { phase, run } = await it.syncNow(job);
  assertEquals([phase, run?.windows], ["idle", 1]);
});

test("retries back off from a minute to an hour, and start over after a success", async () => {
  await using it = new Scene();
  it.fake.library.addAsset();
  await it.signIn();
  const job = await it.wakeUp();
  await it.syncNow(job);
  const { contents, years, syncedAt } = job.copy;
  assertEquals(years.length, 1);
  it.gate = () => new Response(null, { status: 400 });
  await it.syncNow(job);
  assertEquals(await waits(it, job, 7), [1, 2, 4, 8, 16, 32, 60]);
  assertEquals(job.copy.failure?.attempts, 8);
  assertEquals(
    [job.copy.contents, job.copy.years, job.copy.syncedAt],
    [contents, years, syncedAt],
  );
  it.gate = () => {};
  await it.fireAlarm(job);
  assertEquals([job.copy.phase, job.copy.failure], ["idle", undefined]);
  it.gate = () => new Response(null, { status: 400 });
  await it.syncNow(job);
  assertEquals(await waits(it, job, 1), [1]);
});

test("a failure shows a known error's message, but not an unknown error's", () => {
  const cause = new ConnectionError("Cannot reach the server", {
    cause: new TypeError("refused"),
  });
  const message = "3 consecutive requests failed";
  const gaveUp = (cause: Error) =>
    new SyncError(message, { code: "retries_exhausted", cause });
  const shown: [unknown, string, string | undefined][] = [
    [cause, "connection", "Cannot reach the server"],
    [gaveUp(cause), "connection", message],
    [gaveUp(new Error("a bug")), "retries_exhausted", message],
    [new SyncError(message, { code: "reset_loop" }), "reset_loop", message],
    [new AuthenticationError("No", { status: 401 }), "http", "No"],
    [new SessionLimitError(), "session_limit", undefined],
    [new Error("password=1234"), "unexpected", undefined],
    ["text", "unexpected", undefined],
  ];
  for (const [error, code, detail] of shown) {
    const failure = toFailure(error, 1, 0);
    assertEquals([failure.code, failure.detail], [code, detail]);
  }
});

test("a time too far ahead counts as due, because the clock was set back", async () => {
  await using it = new Scene();
  await it.signIn();
  const job = await it.wakeUp(HOUR_MS);
  await it.syncNow(job);
  it.now -= 3 * DAY_MS;
  it.storage.alarm = null;
  assertEquals((await it.wakeUp(HOUR_MS)).mayStart, true);
  assertEquals(it.storage.alarm, it.now);
  it.gate = () =>
    new Response(null, { status: 429, headers: { "retry-after": "99999999" } });
  await it.fireAlarm(job);
  assertEquals(job.mayStart, false);
  it.now -= 3 * DAY_MS;
  assertEquals(job.mayStart, true);
  it.storage.alarm = null;
  await job.ensureAlarm();
  assertEquals(it.storage.alarm, it.now);
});
