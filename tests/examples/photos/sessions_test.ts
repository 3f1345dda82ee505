/** Sessions that end: the copy stays, and goes on once somebody has signed in. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  acksOf,
  isAck,
  isStream,
  isSync,
  RestartableWorker,
  syncNow,
  waitForEnd,
} from "./restart.ts";
import { Device } from "../../support/device.ts";
import { workerTest } from "./harness.ts";

const ENDED = "Your session has ended";

/** A worker whose copy is up to date, and a browser. */
async function begin(): Promise<
  & AsyncDisposable
  & { it: RestartableWorker }
  & Awaited<ReturnType<RestartableWorker["signIn"]>>
> {
  const it = await RestartableWorker.start();
  for (let i = 0; i < 1200; i++) it.fake.library.addAsset();
  const signedIn = await it.signIn();
  await syncNow(signedIn.browser);
  return {
    it,
    ...signedIn,
    [Symbol.asyncDispose]: () => it[Symbol.asyncDispose](),
  };
}

workerTest(
  "a session that ended while idle is reported by the next sync",
  async () => {
    await using setup = await begin();
    const { it, browser, login } = setup;
    const { fake, storage } = it;
    const held = storage.count("assets");
    fake.endSession(login);
    fake.library.addAsset({ originalFileName: "meanwhile.jpg" });
    fake.library.deleteAsset([...fake.snapshot().assets.keys()][0]!);
    const page = await syncNow(browser);
    assertStringIncludes(page, ENDED);
    assertStringIncludes(page, 'href="/login"');
    assertEquals(storage.copy.phase, "ended");
    assertEquals(storage.hasAlarm, false);
    assertEquals(storage.count("assets"), held);

    // Who signs in finds the run under way, without a click.
    const before = it.arrivals.filter(isStream).length;
    await it.signIn(browser);
    const fresh = await waitForEnd(browser);
    assert(it.arrivals.filter(isStream).length > before);
    assert(!fresh.includes(ENDED));
    assertStringIncludes(fresh, "Up to date as of");
    assertEquals(storage.copy.failure, undefined);
    await storage.assertHolds(fake.snapshot());
  },
);

workerTest(
  "a session that ends during a run stops it, and a sign-in resumes it",
  async () => {
    await using it = await RestartableWorker.start();
    const { fake, storage } = it;
    for (let i = 0; i < 12_000; i++) fake.library.addAsset();
    const { browser, login } = await it.signIn();
    const arrived = it.arrival(isAck, () => fake.endSession(login));
    await browser.post("/sync");
    const refused = acksOf(await arrived);
    const page = await waitForEnd(browser);
    assertStringIncludes(page, ENDED);
    assertEquals(storage.copy.phase, "ended");
    const held = storage.count("assets");
    assert(held > 0 && held < 12_000, `${held} photos`);
    // The refused ack is for the last row that is held.
    const rows = await new Device(fake).sync(["AssetsV2"]);
    assert(refused.includes(rows[held - 1]!.ack));
    fake.library.deleteAsset([...fake.snapshot().assets.keys()][5]!);
    fake.library.addAsset();
    await it.signIn(browser);
    // What is there stays there, from the first moment on.
    assertStringIncludes((await browser.get("/")).text, "Syncing…");
    assert(storage.count("assets") >= held);
    await waitForEnd(browser);
    await storage.assertHolds(fake.snapshot());
  },
);

workerTest(
  "the copy keeps syncing when one login ends but another remains",
  async () => {
    await using setup = await begin();
    const { it, browser, login } = setup;
    const { fake, storage } = it;
    const other = await it.signIn();
    const child = storage.child!;
    fake.endSession(login);
    fake.library.addAsset();
    const page = await syncNow(other.browser);
    assertStringIncludes(page, "Up to date as of");
    assert(!page.includes(ENDED));
    assert(storage.child!.accessToken !== child.accessToken);
    await storage.assertHolds(fake.snapshot());
    const tokens = new Set(
      it.arrivals.filter(isSync).map(({ token }) => token),
    );
    assert(!tokens.has(other.login.accessToken));
    // The one whose login is over is told so when a thumbnail is asked for, at the latest.
    const [id = ""] = fake.snapshot().assets.keys();
    it.gate = ({ path, token }) =>
      path.endsWith("/thumbnail") && token === login.accessToken
        ? Response.json({ message: "Invalid user token" }, { status: 401 })
        : undefined;
    const { status } = await browser.get(`/thumbnails/${id}`);
    assert(status === 401 || status === 404, `${status}`);
    assertStringIncludes((await browser.get("/")).text, ENDED);
  },
);

workerTest(
  "a copy gets a new session if a sign-out ends its session during a run",
  async () => {
    await using it = await RestartableWorker.start();
    const { fake, storage } = it;
    for (let i = 0; i < 12_000; i++) fake.library.addAsset();
    const first = await it.signIn();
    const second = await it.signIn();
    // The copy's session is below one of them: it is the one that goes.
    let acks = 0;
    const arrived = it.arrival((arrival) => isAck(arrival) && ++acks === 2);
    await first.browser.post("/sync");
    await arrived;
    const made = it.arrivals.findLast(({ path, method }) =>
      path === "/api/sessions" && method === "POST"
    )!;
    const [leaves, stays] = made.token === first.login.accessToken
      ? [first, second]
      : [second, first];
    await leaves.browser.post("/logout");
    const page = await waitForEnd(stays.browser);
    assertStringIncludes(page, "Up to date as of");
    await storage.assertHolds(fake.snapshot());
    assertStringIncludes(
      (await leaves.browser.get("/")).text,
      "Sign in with Immich",
    );
  },
);

workerTest(
  "a server that refuses every new session is not asked forever",
  async () => {
    await using setup = await begin();
    const { it, browser } = setup;
    const { storage } = it;
    it.gate = (arrival) =>
      isSync(arrival)
        ? Response.json({ message: "Invalid user token" }, { status: 401 })
        : undefined;
    await browser.post("/sync");
    await waitForEnd(browser);
    const made = it.arrivals.filter(({ path }) => path === "/api/sessions");
    assert(made.length <= 3, `${made.length} sessions were made`);
    assertEquals(storage.copy.phase, "waiting");
    assertEquals(storage.hasAlarm, true);
    it.gate = () => {};
    assertStringIncludes(await syncNow(browser), "Up to date as of");
    await storage.assertHolds(it.fake.snapshot());
  },
);

workerTest(
  "a sign-in that races with the end of the last login resumes the copy",
  async () => {
    await using setup = await begin();
    const { it, browser, login } = setup;
    const { fake, storage } = it;
    fake.endSession(login);
    const { promise: signedIn, resolve: goOn } = Promise.withResolvers<void>();
    const arrived = it.arrival(
      ({ path, method }) => path === "/api/sessions" && method === "POST",
      () => signedIn,
    );
    await browser.post("/sync");
    await arrived;
    const other = await it.signIn();
    goOn();
    const page = await waitForEnd(other.browser);
    assertStringIncludes(page, "Up to date as of");
    assertEquals(storage.copy.phase, "idle");
    await storage.assertHolds(fake.snapshot());
  },
);
