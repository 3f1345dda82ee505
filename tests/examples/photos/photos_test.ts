/** The order of photos on pages, their neighbors, and the text on pages. */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { thumbHashToRGBA } from "thumbhash";
import { toCount, toDay } from "../../../examples/photos/src/pages/photos.tsx";
import { startOfYear } from "../../../examples/photos/src/photo_source.ts";
import {
  type Photo,
  readAlbums,
  readPhoto,
  readPhotos,
} from "../../../examples/photos/src/photos.ts";
import {
  toPlaceholder,
  toPlaceholderFile,
} from "../../../examples/photos/src/placeholder.ts";
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
  // Photos with the same time are sorted by id.
  const ids = TIMES.flatMap((time) => [add(time), add(time)].sort().reverse());
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
    assertEquals(from, ids.slice(2 * index), year);
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

test("an album shows its cover, or else its newest photo; the newest album comes first", async () => {
  const fake = new FakeImmich();
  const { library } = fake;
  const [old, middle, newest] = ["2020", "2021", "2022"].map((year) =>
    library.addAsset({ localDateTime: `${year}-01-01T00:00:00.000Z` }).id
  );
  const album = (name: string, ids: string[], cover: string | null) => {
    const { id } = library.addAlbum({ name }, ids);
    library.updateAlbum(id, { thumbnailAssetId: cover });
  };
  album("none", [], null);
  album("chosen", [old!, newest!], old!);
  album("newest", [old!, middle!], null);
  album("trashed", [old!], old!);
  album("elsewhere", [old!], newest!);
  const mirror = await copy(fake);
  assertEquals(await readAlbums(mirror), []);
  await summarize(mirror);
  const read = async () =>
    (await readAlbums(mirror)).map(({ name, cover }) => [name, cover?.id]);
  const albums = await read();
  assertEquals(albums.slice(0, 2), [["chosen", old], ["newest", middle]]);
  assertEquals(albums.slice(2, 4).map(([, cover]) => cover), [old, old]);
  assertEquals(albums[4], ["none", undefined]);
  // A cover that is deleted before the next summary is not shown.
  library.trashAsset(old!);
  await mirror.sync(fake.createSession(), { fetch: fake.fetch });
  assertEquals((await read())[0], ["chosen", undefined]);
  await summarize(mirror);
  assertEquals((await read())[0], ["chosen", newest]);
});

test("a photo is shown with its camera and exposure, if they are known", async () => {
  const fake = new FakeImmich();
  const [bare, shot, other] = [1, 2, 3].map(() => fake.library.addAsset().id);
  const none = { make: null, model: null, description: "" };
  const no = {
    fNumber: null,
    exposureTime: null,
    focalLength: null,
    iso: null,
  };
  fake.library.updateExif(bare!, { ...none, ...no });
  fake.library.updateExif(shot!, {
    make: "Canon",
    model: "Canon EOS",
    fNumber: 2.8,
    exposureTime: "1/60",
    focalLength: 50,
    iso: 100,
    description: "The beach",
  });
  fake.library.updateExif(other!, { ...no, make: "Google", model: "Pixel" });
  const mirror = await copy(fake);
  const read = async (id: string) => {
    const { description, camera } = (await readPhoto(mirror, id))!;
    return [description, ...camera];
  };
  assertEquals(await read(bare!), [""]);
  assertEquals(await read(shot!), [
    ...["The beach", "Canon EOS", "f/2.8", "1/60 s", "50 mm", "ISO 100"],
  ]);
  assertEquals((await read(other!)).slice(1), ["Google Pixel"]);
});

/** Decodes a PNG file in a `data:` URL. */
async function decode(
  url: string,
): Promise<{ size: number[]; rows: number[][] }> {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  const view = new DataView(bytes.buffer);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const data = new Blob([bytes.subarray(41, 41 + view.getUint32(33))]);
  const inflated = data.stream().pipeThrough(
    new DecompressionStream("deflate"),
  );
  const all = [...new Uint8Array(await new Response(inflated).arrayBuffer())];
  // Each row starts with its filter.
  const rows = Array.from({ length: height }, (_, y) => {
    const start = y * (4 * width + 1) + 1;
    return all.slice(start, start + 4 * width);
  });
  return { size: [width, height], rows };
}

test("a placeholder has every fourth pixel of its thumbhash in each direction", async () => {
  const upright = "1QcSHQRnh493V4dIh4eXh1h4kJUI";
  const wide = "3OcRJYB4d3h/iIeHeEh3eIhw+j3A";
  for (const hash of [upright, wide]) {
    const { w, h, rgba } = thumbHashToRGBA(Uint8Array.fromBase64(hash));
    assertEquals(w < h, hash === upright);
    const { size, rows } = await decode(toPlaceholder(hash));
    assertEquals(size, [Math.ceil(w / 4), Math.ceil(h / 4)]);
    for (const [y, row] of rows.entries()) {
      for (let x = 0; x < size[0]!; x++) {
        const at = 4 * (4 * y * w + 4 * x);
        assertEquals(row.slice(4 * x, 4 * x + 4), [...rgba.slice(at, at + 4)]);
      }
    }
  }
});

test("a placeholder's file contains the bytes of its data: URL", async () => {
  for (const hash of ["1QcSHQRnh493V4dIh4eXh1h4kJUI", null]) {
    const answer = await fetch(toPlaceholder(hash));
    assertEquals(toPlaceholderFile(hash), await answer.bytes());
  }
});

test("a placeholder is grey if the thumbhash is missing or invalid", async () => {
  for (const hash of [null, "", "!"]) {
    const { size, rows } = await decode(toPlaceholder(hash));
    assertEquals([size, rows], [[1, 1], [[128, 128, 128, 255]]], `${hash}`);
  }
});
