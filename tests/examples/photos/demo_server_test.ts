/** The app's demo server. */
import { assert, assertEquals } from "@std/assert";
import { thumbHashToApproximateAspectRatio } from "thumbhash";
import {
  type DemoServer,
  type DemoServerOptions,
  startDemoServer,
} from "../../../examples/photos/local/demo_server.ts";
import { NUMBERS } from "../../../examples/photos/local/demo_library.ts";
import {
  type SyncAssetExifV1,
  type SyncAssetV2,
  type SyncPartnerV1,
  syncStream,
  type SyncUserV1,
} from "../../../mod.ts";
import { test } from "../../support/test.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Later than the recording, because some photos were recorded with its time. */
const NOW = Date.UTC(2026, 10, 25, 9, 30);

function start(options: DemoServerOptions = {}): Promise<DemoServer> {
  return startDemoServer({ now: () => NOW, ...options });
}

/** Requests an asset's picture, by default as the demo's user. */
function picture(
  { baseUrl, fake }: DemoServer,
  id: string,
  { path = "thumbnail", accessToken = fake.createSession().accessToken } = {},
): Promise<Response> {
  return fetch(`${baseUrl}/api/assets/${id}/${path}`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
}

/** Returns the assets in a copy of the user's library. */
function assetsOf({ fake }: DemoServer): SyncAssetV2[] {
  return [...fake.snapshot().assets.values()] as SyncAssetV2[];
}

/** Decodes a JPEG and returns its size. */
async function sizeOf(bytes: Uint8Array<ArrayBuffer>) {
  const type = "image/jpeg";
  const bitmap = await createImageBitmap(new Blob([bytes], { type }));
  const { width, height } = bitmap;
  bitmap.close();
  return { width, height };
}

/** Returns the user's generated assets. */
function madeBy({ fake: { library } }: DemoServer): SyncAssetV2[] {
  return library.assets.filter(({ originalFileName }) =>
    /^(IMG|VID)_\d{8}_\d{6}\.(jpg|mp4)$/.test(originalFileName)
  );
}

/** Returns one asset for each picture; each picture has its own placeholder. */
function oneOfEach(assets: SyncAssetV2[]): SyncAssetV2[] {
  const pictures = Map.groupBy(assets, ({ thumbhash }) => thumbhash);
  return [...pictures.values()].map(([asset]) => asset!);
}

function ratio({ width, height }: { width: unknown; height: unknown }): number {
  return Number(width) / Number(height);
}

function bytesOf({ thumbhash }: SyncAssetV2): Uint8Array {
  return Uint8Array.fromBase64(thumbhash ?? "");
}

test("the demo's timeline has photos in every recent half-year, none in the future", async () => {
  for (
    const [assets, now] of [[60, NOW], [600, NOW], [60, NOW + 60 * DAY_MS]]
  ) {
    await using server = await start({ assets: assets!, now: () => now! });
    const ages = madeBy(server).map(({ fileCreatedAt }) =>
      (now! - Date.parse(String(fileCreatedAt))) / (365.25 * DAY_MS)
    );
    const halves = new Set(ages.map((age) => Math.floor(age * 2)));
    for (let half = 0; half < 12; half++) {
      assert(halves.has(half), `${assets}: ${half}`);
    }
    assert(Math.min(...ages) >= 0, `${Math.min(...ages)}`);
  }
});

test("the requested number of photos is added to the recorded ones", async () => {
  await using none = await start({ assets: 0 });
  await using some = await start({ assets: 123 });
  const [recorded, all] = [none, some].map(({ fake }) =>
    fake.library.assets.length
  );
  assertEquals(all! - recorded!, 123);
});

test("a photo's file name is its local time", async () => {
  await using server = await start();
  const named = madeBy(server);
  assertEquals(named.length, 600);
  const exifs = server.fake.snapshot().exifs;
  for (const asset of named) {
    const { id, originalFileName, localDateTime, fileCreatedAt } = asset;
    const digits = String(localDateTime).replace(/\D/g, "").slice(0, 14);
    assertEquals(originalFileName.replace(/\D/g, "").slice(0, 14), digits);
    const exif = exifs.get(id) as {
      timeZone: string;
      dateTimeOriginal: string;
    };
    const hours = (Date.parse(String(localDateTime)) -
      Date.parse(String(fileCreatedAt))) / 3_600_000;
    assertEquals(exif.timeZone, `UTC+${hours}`);
    assertEquals(exif.dateTimeOriginal, fileCreatedAt);
  }
});

test("each copied asset has a picture and a placeholder with the same proportions", async () => {
  await using server = await start();
  const assets = assetsOf(server);
  assert(assets.length > 700, `${assets.length} assets`);
  const exifs = server.fake.snapshot().exifs;
  for (const asset of assets) {
    const { id, width, height } = asset;
    const about = thumbHashToApproximateAspectRatio(bytesOf(asset));
    assert(Math.abs(Math.log(about / ratio(asset))) < 0.1, `${about}`);
    const { exifImageWidth, exifImageHeight } = exifs.get(
      id,
    ) as SyncAssetExifV1;
    assertEquals([exifImageWidth, exifImageHeight], [width, height]);
  }
  const shown = oneOfEach(assets);
  assertEquals(shown.length, NUMBERS.length);
  for (const asset of shown) {
    const response = await picture(server, asset.id);
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("content-type"), "image/jpeg");
    const bytes = await response.bytes();
    assert(bytes.length < 10_000, `${bytes.length} bytes`);
    const { width, height } = asset;
    assertEquals(await sizeOf(bytes), { width, height });
  }
});

test("thumbnail, preview and original are the same picture", async () => {
  await using server = await start({ assets: 20 });
  const { id } = server.addPhoto();
  const [small, ...others] = await Promise.all(
    ["thumbnail?size=thumbnail", "thumbnail?size=preview", "original"].map(
      async (path) => await (await picture(server, id, { path })).bytes(),
    ),
  );
  for (const other of others) assertEquals(other, small);
});

test("a picture is served only to a valid session", async () => {
  await using server = await start({ assets: 10 });
  const { baseUrl, fake } = server;
  const [asset] = assetsOf(server);
  const { id } = asset!;
  const session = fake.createSession();
  const { accessToken } = session;
  const before = await picture(server, id, { accessToken });
  assertEquals(before.status, 200);
  await before.body?.cancel();
  fake.endSession(session);
  const refusals = [
    await fetch(`${baseUrl}/api/assets/${id}/thumbnail`),
    await picture(server, id, { accessToken: "wrong" }),
    await picture(server, id, { accessToken }),
  ];
  for (const refusal of refusals) {
    assertEquals(refusal.status, 401);
    assertEquals(Object.keys(await refusal.json()), ["message"]);
  }
});

test("the OAuth provider's page is styled and needs no icon", async () => {
  await using server = await start({ assets: 0 });
  const response = await fetch(
    `${server.baseUrl}/oauth-provider/auth?redirect_uri=http://a.test&state=1`,
  );
  const page = await response.text();
  assert(/<style>[\s\S]+#approve \{/.test(page), page);
  assert(page.includes('<link rel="icon" href="data:,">'), page);
  assert(page.includes('id="approve"'), page);
});

test("a request for an unknown asset's picture gets a 404", async () => {
  await using server = await start({ assets: 10 });
  const response = await picture(server, crypto.randomUUID());
  assertEquals(response.status, 404);
  assertEquals(Object.keys(await response.json()), ["message"]);
});

test("the demo's albums have names, a visible cover and photos", async () => {
  await using server = await start();
  const snapshot = server.fake.snapshot();
  const contents = Map.groupBy(
    snapshot.albumAssets.values() as Iterable<
      { albumId: string; assetId: string }
    >,
    ({ albumId }) => albumId,
  );
  const made = server.fake.library.albums.filter(({ createdAt }) =>
    createdAt === new Date(NOW).toISOString()
  );
  assertEquals(made.length, 10);
  for (const { id, name, thumbnailAssetId } of made) {
    const inside = contents.get(id) ?? [];
    assert(inside.length >= 8, `${name}: ${inside.length}`);
    assert(inside.some(({ assetId }) => assetId === thumbnailAssetId));
    const cover = await picture(server, String(thumbnailAssetId));
    assertEquals(cover.status, 200);
    await cover.body?.cancel();
  }
});

test("a partner's photos appear in the timeline", async () => {
  await using server = await start();
  const { fake } = server;
  const { users, partners } = fake.snapshot();
  const mia = ([...users.values()] as SyncUserV1[])
    .find(({ name }) => name === "Mia");
  const share = ([...partners.values()] as SyncPartnerV1[])
    .find(({ sharedById }) => sharedById === mia?.id);
  assertEquals(share?.inTimeline, true);
  const theirs = assetsOf(server).filter(({ ownerId }) => ownerId === mia?.id);
  assertEquals(theirs.length, 60);
});

test("the same start time gives the same library, apart from ids", async () => {
  const [first, again] = await Promise.all([1, 2].map(async () => {
    await using server = await start({ assets: 50 });
    return madeBy(server).map(({ id: _, ...asset }) => asset);
  }));
  assertEquals(first, again);
});

test("an added photo is the newest, and arrives in the next stream", async () => {
  await using server = await start({ assets: 10 });
  const { fake, baseUrl } = server;
  const { id, localDateTime } = server.addPhoto();
  const newest = assetsOf(server).toSorted((a, b) =>
    String(a.localDateTime) < String(b.localDateTime) ? 1 : -1
  );
  assertEquals(newest[0]?.localDateTime, localDateTime);
  const session = { ...fake.createSession(), baseUrl };
  const ids: string[] = [];
  for await (const event of await syncStream(session, ["AssetsV2"])) {
    if (event.type === "AssetV2") ids.push(event.data.id);
  }
  assertEquals(ids.at(-1), id);
});

test("a library of 50,000 photos is generated in roughly linear time", async () => {
  const measured = async (assets: number) => {
    const started = performance.now();
    const server = await start({ assets });
    return { server, ms: performance.now() - started };
  };
  const small = await measured(5_000);
  await small.server[Symbol.asyncDispose]();
  const { server, ms } = await measured(50_000);
  await using _ = server;
  // Linear work takes ten times as long, quadratic work 100 times.
  assert(ms < 50 * small.ms, `${ms} ms after ${small.ms} ms`);
  const { assets } = server.fake.library;
  assertEquals(new Set(assets.map(({ id }) => id)).size, assets.length);
  assert(assets.length > 50_000);
});
