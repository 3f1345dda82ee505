/** The first sync: rows are stored before they are acknowledged, and shown. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { supportedSyncTypes, syncStream } from "../../../mod.ts";
import type { MirrorTable } from "../../../src/mirror/mod.ts";
import { acksOf, type Arrival, isAck, isSync } from "../served_worker.ts";
import {
  type SentEvent,
  sharedApp,
  sum,
  watch,
  workerTest,
} from "./harness.ts";

const TABLES: Record<string, MirrorTable> = {
  AssetV2: "assets",
  AssetExifV1: "exif",
  AlbumV2: "albums",
};

const it = await sharedApp();
const { fake, storage } = it;
const ids = Array.from({ length: 12_000 }, () => fake.library.addAsset().id);
for (const name of ["Spring", "Summer"]) {
  fake.library.addAlbum({ name }, ids.slice(0, 10));
}

/** Returns the row id for each ack of a first sync, in order, by type. */
async function readRows(): Promise<Map<string, Map<string, string>>> {
  const { fetch } = fake;
  const types = supportedSyncTypes({ major: 3, minor: 1, patch: 0 });
  const rows = new Map<string, Map<string, string>>();
  for await (
    const { type, ack, data } of await syncStream(fake.createSession(), types, {
      fetch,
    })
  ) {
    if (!(type in TABLES)) continue;
    const ofType = rows.get(type) ?? new Map<string, string>();
    const { id, assetId } = data as { id?: string; assetId?: string };
    rows.set(type, ofType.set(ack, id ?? assetId ?? ""));
  }
  return rows;
}

const { browser, login } = await it.signIn();
const before = (await browser.get("/")).text;
const rows = await readRows();
const early: string[] = [];
const acked = new Set<string>();

/** Reads the object's database when an ack arrives. */
async function check(arrival: Arrival): Promise<void> {
  if (!isAck(arrival)) return;
  for (const ack of acksOf(arrival)) {
    const [type = ""] = ack.split("|");
    acked.add(type);
    if (type === "SyncCompleteV1") {
      await storage.assertHolds(fake.snapshot()).catch(() => early.push(ack));
    }
    const ofType = rows.get(type);
    const table = TABLES[type];
    if (ofType === undefined || table === undefined) continue;
    // This row and every earlier one.
    const place = [...ofType.keys()].indexOf(ack);
    const isStored = place !== -1 && storage.has(table, ofType.get(ack)!) &&
      storage.count(table) > place;
    if (!isStored) early.push(ack);
  }
}

it.gate = check;
await browser.post("/sync");
const sent: SentEvent[] = [];
for await (const part of watch(browser)) sent.push(part);
const page = (await browser.get("/")).text;

workerTest(
  "before the first sync, the page says that nothing has been copied",
  () => {
    assertStringIncludes(before, "Nothing copied yet");
  },
);

workerTest("rows are stored before they are acknowledged", async () => {
  assertEquals(early, []);
  for (const type of [...Object.keys(TABLES), "SyncCompleteV1"]) {
    assert(acked.has(type), type);
  }
  // Acks are sent after every 10,000 events, not only at the end.
  assert(it.arrivals.filter(isAck).length >= 4);
  await storage.assertHolds(fake.snapshot());
});

workerTest(
  "progress never decreases during a run, and the run's end is reported once",
  () => {
    const progress = sent.filter(({ event }) => event === "progress");
    const counts = progress.map(({ data }) =>
      Number(/class="number">([\d,]+)</.exec(data)?.[1]?.replaceAll(",", ""))
    );
    assert(counts.length >= 2, `${counts}`);
    assertEquals(counts, counts.toSorted((a, b) => a - b));
    const first = sent.findIndex(({ event }) => event === "over");
    assert(sent.slice(first).every(({ event }) => event === "over"));
    assertStringIncludes(sent[first]!.data, "Up to date as of");
    const { events } = storage.copy.run!;
    assert(counts.every((count) => count <= events), `${counts} of ${events}`);
  },
);

workerTest("the page shows row counts after the first sync", () => {
  assertStringIncludes(page, "Up to date as of");
  assertStringIncludes(page, "Photos and videos: 12,000 · Albums: 2<");
  assertStringIncludes(page, "Spring");
  assertStringIncludes(page, `/thumbnails/${ids[0]}`);
  assertEquals(storage.copy.run?.events, sum(storage.events));
});

workerTest(
  "the sync uses a separate session; the login session has no checkpoints",
  async () => {
    const syncing = new Set(
      it.arrivals.filter(isSync).map(({ token }) => token),
    );
    assertEquals([...syncing], [storage.child?.accessToken]);
    assert(!syncing.has(login.accessToken));
    const headers = { authorization: `Bearer ${login.accessToken}` };
    const url = `${fake.baseUrl}/api/sync/ack`;
    assertEquals(await (await fake.fetch(url, { headers })).json(), []);
  },
);

workerTest(
  "an up-to-date copy is idle, and its event stream ends at once",
  async () => {
    assertEquals(storage.copy.phase, "idle");
    assertEquals(storage.hasAlarm, false);
    const parts: string[] = [];
    for await (const { event } of watch(browser)) parts.push(event);
    assertEquals(new Set(parts), new Set(["over"]));
  },
);
