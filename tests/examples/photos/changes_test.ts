/** Further syncs: only changes are sent, and there is one run at a time. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Browser } from "./browser.ts";
import { acksOf, isAck, isStream, isSync } from "../served_worker.ts";
import {
  sharedApp,
  syncNow as clickAndWait,
  watch,
  workerTest,
} from "./harness.ts";

const it = await sharedApp();
const { fake, storage } = it;
const { library } = fake;

for (let i = 0; i < 300; i++) {
  library.addAsset({ localDateTime: "2020-01-01T00:00:00.000Z" });
}
const { browser } = await it.signIn();
await clickAndWait(browser);

/** Clicks on "Sync now", and waits for the end of the run. */
async function syncNow(browser: Browser): Promise<string> {
  storage.resetLimits();
  return await clickAndWait(browser);
}

/** Adds a photo that is newer than all others. */
function addNewest(name: string, at: string): string {
  const localDateTime = `${at}T00:00:00.000Z`;
  return library.addAsset({ originalFileName: name, localDateTime }).id;
}

async function thumbnailStatus(id: string): Promise<number> {
  return (await browser.get(`/thumbnails/${id}`)).status;
}

workerTest("a sync without changes stores no rows", async () => {
  const { syncedAt = 0 } = storage.copy;
  const page = await syncNow(browser);
  assert(page.includes("Last sync: 0 rows"), "the page shows rows");
  assertEquals(storage.copy.run?.events, 0);
  assert(storage.copy.syncedAt! > syncedAt);
});

workerTest("a sync fetches only the changes, and pages show them", async () => {
  const beach = addNewest("beach.jpg", "2026-05-02");
  const hill = addNewest("hill.jpg", "2026-05-01");
  const album = library.addAlbum({ name: "Seaside" }, [beach]);
  const page = await syncNow(browser);
  // Two photos with EXIF data, an album, its owner, and its photo.
  const { events } = storage.copy.run!;
  assert(events >= 7 && events <= 12, `${events} events came`);
  for (
    const text of [
      "beach.jpg",
      "hill.jpg",
      "Seaside",
      "Photos and videos: 302 ",
      "2026",
    ]
  ) {
    assertStringIncludes(page, text);
  }
  assertEquals(await thumbnailStatus(beach), 200);

  library.updateAsset(beach, { originalFileName: "shore.jpg" });
  library.updateAlbum(album.id, { name: "Shore" });
  library.addToAlbum(album.id, [hill]);
  const renamed = await syncNow(browser);
  assertStringIncludes(renamed, "shore.jpg");
  assert(!renamed.includes("beach.jpg"));
  assert(!renamed.includes("Seaside"));
  const { text } = await browser.get(`/albums/${album.id}`);
  for (const part of ["Shore", "2 photos", "shore.jpg", "hill.jpg"]) {
    assertStringIncludes(text, part);
  }
  assert(
    storage.copy.run!.events <= 10,
    `${storage.copy.run!.events} events came`,
  );
  await storage.assertHolds(fake.snapshot());
});

workerTest(
  "a deleted photo disappears together with its thumbnail",
  async () => {
    const gone = addNewest("gone.jpg", "2026-06-01");
    const trashed = addNewest("trashed.jpg", "2026-06-02");
    const album = library.addAlbum({ name: "Short-lived" }, [gone, trashed]);
    assertStringIncludes(await syncNow(browser), "gone.jpg");
    assertEquals(await thumbnailStatus(gone), 200);
    library.deleteAsset(gone);
    library.trashAsset(trashed);
    const page = await syncNow(browser);
    for (const id of [gone, trashed]) {
      assert(!page.includes(id), "the page shows it");
      assertEquals(await thumbnailStatus(id), 404);
    }
    assertStringIncludes(
      (await browser.get(`/albums/${album.id}`)).text,
      "0 photos",
    );
    library.deleteAlbum(album.id);
    assert(!(await syncNow(browser)).includes("Short-lived"));
    assertEquals((await browser.get(`/albums/${album.id}`)).status, 404);
    await storage.assertHolds(fake.snapshot());
  },
);

workerTest(
  "shared photos and albums appear, and disappear when unshared",
  async () => {
    const bob = library.addUser({ email: "bob@immich.test" });
    const theirs = library.as(bob.id);
    const { id } = theirs.addAsset({ originalFileName: "bobs.jpg" });
    const album = theirs.addAlbum({ name: "Of Bob" }, [id]);
    assert(!(await syncNow(browser)).includes("Of Bob"));
    theirs.shareAlbum(album.id, fake.user.id);
    assertStringIncludes(await syncNow(browser), "Of Bob");
    assertEquals(await thumbnailStatus(id), 200);
    theirs.unshareAlbum(album.id, fake.user.id);
    assert(!(await syncNow(browser)).includes("Of Bob"));
    assertEquals(await thumbnailStatus(id), 404);
    await storage.assertHolds(fake.snapshot());
  },
);

workerTest(
  "simultaneous clicks start one run, and every browser sees the run's end",
  async () => {
    const other = (await it.signIn()).browser;
    const browsers = [browser, browser.copy(), other, other.copy()];
    it.mostStreams = 0;
    for (let round = 0; round < 3; round++) {
      storage.resetLimits();
      for (let i = 0; i < 40; i++) library.addAsset();
      const streams = it.arrivals.filter(isStream).length;
      const ends = await Promise.all(browsers.map(syncAndWatch));
      for (const end of ends) assertStringIncludes(end, "Up to date as of");
      assert(it.arrivals.filter(isStream).length > streams);
      await storage.assertHolds(fake.snapshot());
    }
    assertEquals(it.mostStreams, 1);
    assertEquals(fake.openStreams, 0);
  },
);

workerTest("a click during a run joins that run", async () => {
  library.addAsset();
  storage.resetLimits();
  const { promise: open, resolve: release } = Promise.withResolvers<void>();
  const streams = it.arrivals.filter(isStream).length;
  const arrived = it.intercept(isStream, () => open);
  await browser.post("/sync");
  await arrived;
  for (let i = 0; i < 3; i++) await browser.copy().post("/sync");
  const { text } = await browser.get("/");
  assertStringIncludes(text, "Syncing…");
  const watched = [browser, browser.copy()].map(lastEvent);
  release();
  for (const end of await Promise.all(watched)) {
    assertStringIncludes(end, "Up to date as of");
  }
  assertEquals(it.arrivals.filter(isStream).length, streams + 1);
  await storage.assertHolds(fake.snapshot());
});

workerTest(
  "users never see an empty page while the server is resetting the sync",
  async () => {
    library.deleteAsset([...fake.snapshot().assets.keys()][0]!);
    const held = storage.count("assets");
    const child = storage.child!;
    fake.requestReset(child);
    const seen: string[] = [];
    const counts: number[] = [];
    const before = it.gate;
    it.gate = async (arrival, answer) => {
      if (!isSync(arrival)) return await before(arrival, answer);
      counts.push(storage.count("assets"));
      seen.push((await browser.get("/")).text);
    };
    const from = it.arrivals.length;
    await syncNow(browser);
    it.gate = before;
    const requests = it.arrivals.slice(from);
    // The reset, the full sync, and a quiet stream that ends the sync.
    assertEquals(requests.filter(isStream).length, 3);
    const acks = requests.filter(isAck).flatMap(acksOf);
    assert(acks.includes("SyncResetV1|reset"));
    // Acks follow each stream.
    assert(seen.length >= 6, `${seen.length} requests`);
    for (const text of seen) {
      const shown = text.split('<img src="data:').length - 1;
      assert(shown >= 60, `${shown} photos are shown`);
    }
    for (const count of counts) assert(count >= held - 1, `${counts}`);
    assertEquals(storage.child, child);
    await storage.assertHolds(fake.snapshot());
  },
);

async function syncAndWatch(browser: Browser): Promise<string> {
  await browser.post("/sync");
  return await lastEvent(browser);
}

/** Returns the last of a run's events that has data. */
async function lastEvent(browser: Browser): Promise<string> {
  let last = "";
  for await (const { data } of watch(browser)) last = data || last;
  return last;
}
