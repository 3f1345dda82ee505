/** What is sent for items before and after they are shared. */
import { assert, assertEquals } from "@std/assert";
import { FakeImmich, type FakeLibrary } from "../../src/testing/mod.ts";
import { Device, type Line, RELEASES, typesOf } from "../support/device.ts";
import { test } from "../support/test.ts";

interface Shared {
  server: FakeImmich;
  /** The syncing user's device. */
  device: Device;
  /** Bob's library. */
  library: FakeLibrary;
  share: () => void;
  unshare: () => void;
}

/**
 * Creates a user who has synced one of Eve's assets. Bob can share with this
 * user as a partner.
 */
async function partners(
  types: string[],
  release: keyof typeof RELEASES = "3.1.0",
): Promise<Shared> {
  const server = new FakeImmich({ version: RELEASES[release]! });
  const { user } = server;
  const userOf = (name: string) =>
    server.library.addUser({ email: `${name}@immich.test` }).id;
  const library = server.library.as(userOf("bob"));
  for (const _ of "abc") library.addStack([library.addAsset().id]);
  const eve = server.library.as(userOf("eve"));
  eve.addStack([eve.addAsset().id]);
  eve.addPartner(user.id);
  const device = new Device(server);
  await device.sync(types);
  return {
    server,
    device,
    library,
    share: () => library.addPartner(user.id),
    unshare: () => library.removePartner(user.id),
  };
}

/** Returns the lines that contain a row. */
function rowsOf(lines: Line[]): Line[] {
  return lines.filter(({ type }) => !type.startsWith("Sync"));
}

/** Returns the types of lines, with consecutive repetitions merged. */
function runsOf(lines: Line[]): string[] {
  return typesOf(lines).filter((type, index, all) => type !== all[index - 1]);
}

for (const [release, version] of [["2.7.5", 1], ["3.1.0", 2]] as const) {
  const types = [
    `PartnerAssetsV${version}`,
    "PartnerStacksV1",
    "PartnerAssetExifsV1",
  ];

  test(`a new share on a ${release} server sends older rows as a backfill, then an ack`, async () => {
    const { device, share } = await partners(types, release);
    share();
    const lines = await device.sync(types);
    assertEquals(runsOf(lines), [
      `PartnerAssetBackfillV${version}`,
      "SyncAckV1",
      "PartnerStackBackfillV1",
      "SyncAckV1",
      "PartnerAssetExifBackfillV1",
      "SyncAckV1",
      "SyncCompleteV1",
    ]);
    assertEquals(rowsOf(lines).length, 9);
    for (const { type, ack } of lines) {
      const [checkpoint, share, extra] = ack.split("|");
      if (type !== "SyncAckV1") continue;
      assert(checkpoint?.includes("Backfill"), ack);
      assertEquals([share?.length, extra], [36, "complete"]);
    }
    assertEquals(typesOf(await device.stream(types)), ["SyncCompleteV1"]);
  });

  test(`a ${release} server resumes a backfill after its last acknowledged row`, async () => {
    const { device, share } = await partners(types, release);
    share();
    const rows = rowsOf(await device.stream(types))
      .filter(({ type }) => type.includes("AssetBackfill"));
    assertEquals(rows.length, 3);
    assertEquals(await device.ack(rows[1]!.ack), 204);
    const rest = rowsOf(await device.stream(types))
      .filter(({ type }) => type.includes("AssetBackfill"));
    // 2.x sends the acknowledged row again.
    assertEquals(rest, rows.slice(version === 1 ? 1 : 2));
  });
}

test("a session's first sync receives shared rows as upserts, not as a backfill", async () => {
  const server = new FakeImmich();
  const bob = server.library.addUser({ email: "bob@immich.test" });
  const library = server.library.as(bob.id);
  library.addAsset();
  library.addPartner(server.user.id);
  const device = new Device(server);
  const types = ["PartnerAssetsV2"];
  const lines = await device.stream(types);
  assertEquals(typesOf(lines), ["PartnerAssetV2", "SyncCompleteV1"]);
  const checkpoints = await device.checkpoints();
  assertEquals(Object.keys(checkpoints), ["PartnerAssetBackfillV2"]);
  assert(checkpoints["PartnerAssetBackfillV2"]!.endsWith("|complete"));
  await device.acknowledge(lines);
  assertEquals(typesOf(await device.stream(types)), ["SyncCompleteV1"]);
});

test("rows that change while a backfill is pending are sent once, as upserts", async () => {
  const types = ["PartnerAssetsV2"];
  const { device, library, share } = await partners(types);
  share();
  const [first] = library.assets;
  library.updateAsset(first!.id, { originalFileName: "new.jpg" });
  library.addAsset();
  const rows = rowsOf(await device.sync(types));
  assertEquals(runsOf(rows), ["PartnerAssetBackfillV2", "PartnerAssetV2"]);
  assertEquals(rows.length, 4);
  assertEquals(new Set(rows.map(({ data }) => data["id"])).size, 4);
});

test("a partner share that ends sends one delete, and none for its rows", async () => {
  const types = ["PartnersV1", "PartnerAssetsV2", "PartnerStacksV1"];
  const { server, device, library, share, unshare } = await partners(types);
  share();
  await device.sync(types);
  unshare();
  const [first] = library.assets;
  library.deleteAsset(first!.id);
  library.addAsset();
  const [removed, ...rest] = await device.sync(types);
  assertEquals([removed!.type, removed!.data], ["PartnerDeleteV1", {
    sharedById: server.library.as(first!.ownerId).assets[0]!.ownerId,
    sharedWithId: server.user.id,
  }]);
  assertEquals(typesOf(rest), ["SyncCompleteV1"]);
});

test("all rows are sent again if a partner share ends and starts again", async () => {
  const types = ["PartnersV1", "PartnerAssetsV2"];
  const { device, share, unshare } = await partners(types);
  share();
  await device.sync(types);
  unshare();
  share();
  assertEquals(runsOf(await device.sync(types)), [
    "PartnerDeleteV1",
    "PartnerV1",
    "PartnerAssetBackfillV2",
    "SyncAckV1",
    "SyncCompleteV1",
  ]);
});

test("a partner's deletes are sent to the user who can see the assets", async () => {
  const types = ["PartnerAssetsV2", "PartnerStacksV1"];
  const { device, library, share } = await partners(types);
  share();
  await device.sync(types);
  const [first] = library.assets;
  library.deleteAsset(first!.id);
  const [asset, stack] = await device.sync(types);
  assertEquals([asset!.type, asset!.data], ["PartnerAssetDeleteV1", {
    assetId: first!.id,
  }]);
  assertEquals([stack!.type, stack!.data], ["PartnerStackDeleteV1", {
    stackId: first!.stackId,
  }]);
});

const ALBUM_TYPES = [
  "AlbumAssetsV2",
  "AlbumsV2",
  "AlbumUsersV1",
  "AlbumToAssetsV1",
  "AlbumAssetExifsV1",
];

/** Creates a user who has synced their own album. Bob has an older album. */
async function albums(): Promise<Shared & { albumId: string }> {
  const server = new FakeImmich();
  const { user } = server;
  const bob = server.library.addUser({ email: "bob@immich.test" });
  const library = server.library.as(bob.id);
  const ids = [..."abc"].map(() => library.addAsset().id);
  const { id: albumId } = library.addAlbum({ name: "Bob's" }, ids);
  server.library.addAlbum({}, [server.library.addAsset().id]);
  const device = new Device(server);
  await device.sync(ALBUM_TYPES);
  return {
    server,
    device,
    library,
    albumId,
    share: () => library.shareAlbum(albumId, user.id),
    unshare: () => library.unshareAlbum(albumId, user.id),
  };
}

test("an album shared after the first sync is sent as a backfill", async () => {
  const { device, share } = await albums();
  share();
  const lines = await device.sync(ALBUM_TYPES);
  assertEquals(runsOf(lines), [
    "AlbumAssetBackfillV2",
    "SyncAckV1",
    "AlbumV2",
    "AlbumUserBackfillV1",
    "SyncAckV1",
    "AlbumUserV1",
    "AlbumToAssetBackfillV1",
    "SyncAckV1",
    "AlbumAssetExifBackfillV1",
    "SyncAckV1",
    "SyncCompleteV1",
  ]);
  const assets = lines.filter(({ type }) => type === "AlbumAssetBackfillV2");
  assertEquals(assets.length, 3);
  assertEquals(typesOf(await device.stream(ALBUM_TYPES)), ["SyncCompleteV1"]);
});

test("an asset added to an album is sent after an ack that covers the asset's changes", async () => {
  const { device, library, albumId, share } = await albums();
  share();
  await device.sync(ALBUM_TYPES);
  library.addToAlbum(albumId, [library.addAsset().id]);
  const lines = await device.sync(["AlbumAssetsV2"]);
  assertEquals(typesOf(lines), [
    "SyncAckV1",
    "AlbumAssetCreateV2",
    "SyncCompleteV1",
  ]);
  assert(lines[0]!.ack.startsWith("AlbumAssetUpdateV2|"), lines[0]!.ack);
  const [first] = library.assets;
  library.updateAsset(first!.id, { originalFileName: "new.jpg" });
  const [update] = await device.sync(["AlbumAssetsV2"]);
  assertEquals([update!.type, update!.data["originalFileName"]], [
    "AlbumAssetUpdateV2",
    "new.jpg",
  ]);
});

test("a user who loses an album gets one delete, and the other members see who left", async () => {
  const { server, device, library, albumId, share, unshare } = await albums();
  const eve = server.library.addUser({ email: "eve@immich.test" });
  library.shareAlbum(albumId, eve.id);
  share();
  const other = new Device(server, { session: server.createSession(eve.id) });
  for (const each of [device, other]) await each.sync(ALBUM_TYPES);
  unshare();
  library.removeFromAlbum(albumId, [library.assets[0]!.id]);
  library.updateAsset(library.assets[1]!.id, { isFavorite: true });
  const mine = await device.sync(ALBUM_TYPES);
  assertEquals(typesOf(mine), ["AlbumDeleteV1", "SyncCompleteV1"]);
  assertEquals(mine[0]!.data, { albumId });
  const removed = (await other.sync(ALBUM_TYPES)).filter(({ type }) =>
    type.includes("Delete")
  );
  assertEquals(removed.map(({ type, data }) => [type, data]), [
    ["AlbumUserDeleteV1", { albumId, userId: server.user.id }],
    ["AlbumToAssetDeleteV1", { albumId, assetId: library.assets[0]!.id }],
  ]);
});

test("a deleted album is removed for all of its users, but the owner's assets stay", async () => {
  const { server, device, library, albumId, share } = await albums();
  share();
  await device.sync(ALBUM_TYPES);
  library.deleteAlbum(albumId);
  const lines = await device.sync(ALBUM_TYPES);
  assertEquals(typesOf(lines), ["AlbumDeleteV1", "SyncCompleteV1"]);
  const bob = new Device(server, {
    session: server.createSession(library.assets[0]!.ownerId),
  });
  const types = ["AssetsV2", "AlbumsV2"];
  assertEquals(runsOf(await bob.stream(types)), [
    "AssetV2",
    "AlbumDeleteV1",
    "SyncCompleteV1",
  ]);
});

test("a role change in an album is sent as an upsert of the album user", async () => {
  const { server, device, library, albumId, share } = await albums();
  share();
  await device.sync(ALBUM_TYPES);
  library.shareAlbum(albumId, server.user.id, "editor");
  const lines = await device.sync(ALBUM_TYPES);
  assertEquals(typesOf(lines), ["AlbumUserV1", "SyncCompleteV1"]);
  assertEquals(lines[0]!.data["role"], "editor");
});
