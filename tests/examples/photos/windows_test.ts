/** A large library's run is split into windows that fit Cloudflare's limits. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { supportedSyncTypes, syncStream } from "../../../mod.ts";
import { type Arrival, isStream, isSync } from "../served_worker.ts";
import { PhotosApp, sum, syncNow, workerTest } from "./harness.ts";
import { BUDGET } from "../../../examples/photos/src/sync_job.ts";

const ASSETS = 50_000;

workerTest(
  "50,000 assets arrive in several small windows, none twice",
  async () => {
    await using it = await PhotosApp.start();
    const { fake, storage } = it;
    for (let i = 0; i < ASSETS; i++) fake.library.addAsset();
    const held = await countEvents(it);
    const { browser } = await it.signIn();
    const from = it.arrivals.length;
    const page = await syncNow(browser);
    const { run } = storage.copy;
    assert(page.includes(`Last sync: ${held.toLocaleString("en")} rows`));

    const windows = toWindows(it.arrivals.slice(from));
    assert(windows.length >= 2, `${windows.length} windows`);
    assertEquals(run?.windows, windows.length);
    const counts = windows.map(({ length }) => length);
    // One more, for the request that creates the session.
    const most = BUDGET.requests + 1;
    for (const count of counts) assert(count <= most, `${counts} requests`);
    for (const window of windows) {
      assert(window.some(isStream));
      assertEquals(
        new Set(window.filter(isSync).map(({ token }) => token)).size,
        1,
      );
    }

    // No row was stored in two windows.
    assertEquals(run?.events, held);
    assertEquals(sum(storage.events), held);
    assertEquals(it.mostStreams, 1);
    await storage.assertHolds(fake.snapshot());

    fake.library.addAsset({ originalFileName: "latest.jpg" });
    const before = it.arrivals.length;
    await syncNow(browser);
    assertEquals(storage.copy.run?.events, 2);
    const [window = [], ...more] = toWindows(it.arrivals.slice(before));
    assertEquals(more.length, 0);
    assert(window.length <= 6, `${window.length} requests for one photo`);
    assertStringIncludes(
      (await browser.get("/")).text,
      "Photos and videos: 50,001",
    );
  },
);

/** Splits requests by window; each window reads the server's version once. */
function toWindows(arrivals: Arrival[]): Arrival[][] {
  const windows: Arrival[][] = [[]];
  for (const arrival of arrivals) {
    const reads = ({ path }: Arrival) => path === "/api/server/version";
    if (reads(arrival) && windows.at(-1)!.some(reads)) windows.push([]);
    windows.at(-1)!.push(arrival);
  }
  return windows;
}

/** Counts the events in a first sync. */
async function countEvents({ fake }: PhotosApp): Promise<number> {
  const { fetch } = fake;
  const types = supportedSyncTypes({ major: 3, minor: 1, patch: 0 });
  let events = 0;
  const stream = await syncStream(fake.createSession(), types, { fetch });
  for await (const { type } of stream) {
    if (type !== "SyncAckV1" && type !== "SyncCompleteV1") events++;
  }
  return events;
}
