/** Sessions that end, sign-outs during a run, and limits. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Device } from "../../support/device.ts";
import { later, until } from "../../support/events.ts";
import { acksOf, isAck, isStream } from "../served_worker.ts";
import { sharedApp, syncNow, waitForEnd, workerTest } from "./harness.ts";

const ENDED = "Your session has ended";
const ASSETS = 12_000;

const it = await sharedApp();
const { fake, storage } = it;
for (let i = 0; i < ASSETS; i++) fake.library.addAsset();

workerTest(
  "a run stops when its session ends, and a sign-in resumes the run",
  async () => {
    const { browser, login } = await it.signIn();
    const arrived = it.intercept(isAck, () => fake.endSession(login));
    await browser.post("/sync");
    const refused = acksOf(await arrived);
    assertStringIncludes(await waitForEnd(browser), ENDED);
    assertEquals(storage.copy.phase, "ended");
    assertEquals(storage.hasAlarm, false);
    const held = storage.count("assets");
    assert(held > 0 && held < ASSETS, `${held} photos`);
    // The rejected ack is for the last stored row.
    const rows = await new Device(fake).sync(["AssetsV2"]);
    assert(refused.includes(rows[held - 1]!.ack));
    fake.library.deleteAsset([...fake.snapshot().assets.keys()][5]!);

    // The copy got its session only a moment ago.
    await it.signIn(browser);
    const waiting = await waitForEnd(browser);
    assertStringIncludes(waiting, "The next sync starts in a few minutes");
    assertStringIncludes(waiting, 'class="button" disabled');
    assertEquals(storage.count("assets"), held);
    await it.stopWorker();
    storage.endWaits();
    const completed = it.intercept((arrival) =>
      isAck(arrival) && arrival.body.includes("SyncCompleteV1")
    );
    await it.startWorker();
    await completed;
    await until(() => storage.copy.phase === "idle", "the run has ended");
    await storage.assertHolds(fake.snapshot());
  },
);

workerTest(
  "the last sign-out stops a run under way and ends its event streams",
  async () => {
    storage.resetLimits();
    const { browser } = await it.signIn();
    for (const other of [...it.browsers]) {
      if (other !== browser) await other.post("/logout");
    }
    const { promise: released, resolve: release } = later();
    const arrived = it.intercept(isStream, () => released);
    await browser.post("/sync");
    await arrived;
    const events = await browser.open("/events");
    const copied = browser.copy();
    assertEquals((await browser.post("/logout")).status, 303);
    assertStringIncludes(await events.text(), "event: over");
    assertEquals(storage.copy.phase, "ended");
    assertEquals(storage.child, undefined);
    const from = it.arrivals.length;
    release();
    await until(() => fake.openStreams === 0, "the stream has ended");
    assertEquals(it.arrivals.length, from);
    assertEquals((await copied.get("/events")).text, "event: over\ndata:\n\n");
  },
);

workerTest(
  "a sign-out says so if the server cannot be reached",
  async () => {
    const { browser, login } = await it.signIn();
    it.gate = ({ path }) =>
      path === "/api/auth/logout"
        ? new Response(null, { status: 503 })
        : undefined;
    const { headers } = await browser.post("/logout");
    it.gate = () => {};
    const { text } = await browser.get(headers.get("location") ?? "");
    assertStringIncludes(text, "You are signed out, but your photo server");
    // The next sync ends the session.
    storage.resetLimits();
    const other = await it.signIn();
    await syncNow(other.browser);
    const ended = it.arrivals.filter(({ path, token }) =>
      path === "/api/auth/logout" && token === login.accessToken
    );
    assertEquals(ended.length, 2);
  },
);

workerTest(
  "an eleventh event stream is rejected",
  async () => {
    storage.resetLimits();
    const { browser } = await it.signIn();
    const { promise: released, resolve: release } = later();
    const arrived = it.intercept(isStream, () => released);
    await browser.post("/sync");
    await arrived;
    const open = () => browser.open("/events");
    const all = await Promise.all(Array.from({ length: 10 }, open));
    assertEquals(all.map(({ status }) => status), Array(10).fill(200));
    assertEquals((await browser.get("/events")).status, 429);
    release();
    for (const response of all) await response.text();
  },
);

workerTest("too many clicks in a minute are rejected", async () => {
  const { browser } = await it.signIn();
  await waitForEnd(browser);
  let answer = await browser.post("/sync");
  for (let i = 0; i < 1000 && answer.status === 303; i++) {
    await browser.get("/events");
    answer = await browser.post("/sync");
  }
  assertEquals(answer.status, 429);
  assertStringIncludes(answer.text, "Too many requests");
});
