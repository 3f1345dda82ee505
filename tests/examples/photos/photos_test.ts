/** The order of photos on pages, their neighbors, and the text on pages. */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { toCount, toDay } from "../../../examples/photos/src/pages/photos.tsx";
import { startOfYear } from "../../../examples/photos/src/photo_source.ts";
import {
  type Photo,
  readAlbums,
  readPhoto,
  readPhotos,
} from "../../../examples/photos/src/photos.ts";
import { openCopy, summarize } from "../../../examples/photos/src/summary.ts";
import { type Mirror, sqlite } from "../../../src/mirror/mod.ts";
import { FakeImmich } from "../../../src/testing/mod.ts";
import { test } from "../../support/test.ts";

/** Local times, in page order; the server may send any year. */
const TIMES = [
  "9999-12-31T23:59:59.999Z",
  "2026-06-01T00:00:00.000Z",
  "2024-06-01T00:00:00.000Z",
  "0840-01-02T00:00:00.000Z",
  "-000001-03-04T00:00:00.000Z",
  "+010000-01-01T00:00:00.000Z",
];

/** Returns a copy of a library. */
async function copy(fake: FakeImmich): Promise<Mirror> {
  const database = sqlite(new DatabaseSync(":memory:"));
  const mirror = await openCopy(database, fake.user.id);
  await mirror.sync(fake.createSession(), { fetch: fake.fetch });
  return mirror;
}

/** Returns a copy with photos from several years and some without a date. */
async function oddCopy(
  undated = 2,
): Promise<{ mirror: Mirror; ids: string[] }> {
  const fake = new FakeImmich();
  const add = (localDateTime: string | null) =>
    fake.library.addAsset({ localDateTime }).id;
  const ids = TIMES.map(add);
  const none = Array.from({ length: undated }, () => add(null));
  return { mirror: await copy(fake), ids: [...ids, ...none.sort().reverse()] };
}

/** Reads all pages after a position. */
async function readAll(mirror: Mirror, before?: string): Promise<string[]> {
  const ids: string[] = [];
  for (let next = before, isFirst = true; isFirst || next !== undefined;) {
    const page = await readPhotos(mirror, next ? { before: next } : {});
    ids.push(...page.photos.map(({ id }) => id));
    next = page.next;
    isFirst = false;
  }
  return ids;
}

test("photos of any year or without a date appear on the pages exactly once", async () => {
  for (const undated of [2, 150]) {
    const { mirror, ids } = await oddCopy(undated);
    assertEquals(await readAll(mirror), ids);
  }
});

test("each year leads to its photos, including the years 840 and 9999", async () => {
  const { mirror, ids } = await oddCopy();
  const { years } = await summarize(mirror);
  assertEquals(years, [
    "9999",
    "2026",
    "2024",
    "0840",
    "-000001",
    "+010000",
    "",
  ]);
  for (const [index, year] of years.entries()) {
    const from = await readAll(mirror, startOfYear(year));
    assertEquals(from, ids.slice(index), year);
  }
});

test("a photo's neighbors are those next to it on the pages", async () => {
  const { mirror, ids } = await oddCopy();
  for (const [index, id] of ids.entries()) {
    const { newer, older } = await readPhoto(mirror, id) ?? {};
    assertEquals([newer, older], [ids[index - 1], ids[index + 1]], `${index}`);
  }
});

test("days are shown without leading zeros, and missing dates are labeled", () => {
  const days: Record<string, string> = {
    "2026-06-01T00:00:00.000Z": "1 June 2026",
    "0840-01-02T00:00:00.000Z": "2 January 840",
    "+010000-12-31T00:00:00.000Z": "31 December 10000",
    "-000001-03-04T00:00:00.000Z": "4 March 2 BC",
    "": "No date",
    "yesterday": "No date",
  };
  for (const [takenAt, day] of Object.entries(days)) {
    assertEquals(toDay({ takenAt } as Photo), day);
  }
});

test("an album without a name has a title", async () => {
  const fake = new FakeImmich();
  const { id } = fake.library.addAlbum({ name: " " });
  fake.library.addAlbum({ name: "Summer" });
  const mirror = await copy(fake);
  await summarize(mirror);
  const [untitled] = await readAlbums(mirror, id);
  assertEquals(untitled?.name, "Untitled album");
  const names = (await readAlbums(mirror)).map(({ name }) => name);
  assertEquals(names.sort(), ["Summer", "Untitled album"]);
});

test("albums count photos and videos separately", async () => {
  const fake = new FakeImmich();
  const videos = [1, 2].map((duration) =>
    fake.library.addAsset({ type: "VIDEO", duration }).id
  );
  const photo = fake.library.addAsset().id;
  const { id } = fake.library.addAlbum({}, [photo, ...videos]);
  const mirror = await copy(fake);
  await summarize(mirror);
  const [album] = await readAlbums(mirror, id);
  assertEquals(toCount(album!), "1 photo and 2 videos");
  assertEquals(toCount({ photos: 1234, videos: 0 }), "1,234 photos");
  assertEquals(toCount({ photos: 0, videos: 1 }), "1 video");
  assertEquals(toCount({ photos: 0, videos: 0 }), "0 photos");
});
