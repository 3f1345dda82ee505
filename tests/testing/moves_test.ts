/** Changes during a stream. */
import { assertEquals } from "@std/assert";
import { FakeImmich, type StreamMoment } from "../../src/testing/mod.ts";
import { Device, typesOf } from "../support/device.ts";
import { test } from "../support/test.ts";

const TYPES = ["AssetsV2", "AlbumsV2", "AlbumToAssetsV1"];

/**
 * Creates a server with an album of two assets, and a device for the server's
 * user.
 */
function stage() {
  const server = new FakeImmich();
  const { library } = server;
  const ids = [1, 2].map(() => library.addAsset().id);
  const album = library.addAlbum({}, ids);
  const rename = () => void library.updateAlbum(album.id, { name: "Renamed" });
  return { server, library, ids, rename, device: new Device(server) };
}

const COMPLETE = [
  "AssetV2",
  "AssetV2",
  "AlbumV2",
  "AlbumToAssetV1",
  "AlbumToAssetV1",
  "SyncCompleteV1",
];
const WITHOUT_ALBUM = COMPLETE.filter((type) => type !== "AlbumV2");

const MOMENTS: [string, StreamMoment, string[]][] = [
  ["before the first line", { afterLine: 0 }, WITHOUT_ALBUM],
  ["after a line of an earlier type", { afterLine: 1 }, WITHOUT_ALBUM],
  [
    "before the rows of its request type",
    { before: "AlbumsV2" },
    WITHOUT_ALBUM,
  ],
  ["before the rows of its entity type", { before: "AlbumV2" }, WITHOUT_ALBUM],
  ["after its own line", { afterLine: 3 }, COMPLETE],
  ["before the rows of a later type", { before: "AlbumToAssetsV1" }, COMPLETE],
  ["after a line that is never sent", { afterLine: 99 }, COMPLETE],
  ["before a type that is not requested", { before: "StacksV1" }, COMPLETE],
];

for (const [name, when, types] of MOMENTS) {
  test(`an album that is renamed during a stream, ${name}, is sent in the next stream`, async () => {
    const { server, rename, device } = stage();
    server.changeDuringStream(when, rename);
    assertEquals(typesOf(await device.sync(TYPES)), types);
    const [album] = await device.sync(TYPES);
    assertEquals([album?.type, album?.data.name], ["AlbumV2", "Renamed"]);
  });
}

test("a type's rows are read when the stream reaches that type", async () => {
  const { server, library, ids, device } = stage();
  server.changeDuringStream({ before: "AlbumToAssetsV1" }, () => {
    library.deleteAsset(ids[0]!);
  });
  assertEquals(
    typesOf(await device.sync(TYPES)),
    ["AssetV2", "AssetV2", "AlbumV2", "AlbumToAssetV1", "SyncCompleteV1"],
  );
  assertEquals(typesOf(await device.sync(TYPES)), [
    "AssetDeleteV1",
    "AlbumV2",
    "AlbumToAssetDeleteV1",
    "SyncCompleteV1",
  ]);
});

test("a row that changes while its type is being sent arrives unchanged, then changed", async () => {
  const { server, library, ids, device } = stage();
  const change = () => void library.updateAsset(ids[1]!, { isFavorite: true });
  server.changeDuringStream({ afterLine: 1 }, change);
  const [, before] = await device.sync(TYPES);
  const [after] = await device.sync(TYPES);
  assertEquals([before?.data.id, before?.data.isFavorite], [ids[1], false]);
  assertEquals([after?.data.id, after?.data.isFavorite], [ids[1], true]);
});

test("changes planned for a stream are made in order, and each only once", async () => {
  const { server, device } = stage();
  const made: number[] = [];
  for (const afterLine of [2, 1, 2]) {
    server.changeDuringStream({ afterLine }, () => made.push(afterLine));
  }
  await device.sync(TYPES);
  await device.sync(TYPES);
  assertEquals(made, [1, 2, 2]);
});
