/**
 * A mirror that requests only some types stores their rows, and leaves all
 * other rows unchanged.
 */
import { assertEquals } from "@std/assert";
import type { SyncRequestType } from "../../mod.ts";
import type { MirrorTable } from "../../src/mirror/mod.ts";
import { test } from "../support/test.ts";
import { type Fixture, openFixture } from "./fixture.ts";

/** Creates a library with every kind of row that other users can share. */
async function openFilled(): Promise<Fixture> {
  const all = await openFixture();
  const { library, user } = all.server;
  const [bob, eve] = ["bob", "eve"].map((name) =>
    library.as(library.addUser({ email: `${name}@immich.test` }).id)
  );
  bob!.addAsset();
  bob!.addPartner(user.id);
  const album = eve!.addAlbum({}, [eve!.addAsset().id]);
  eve!.shareAlbum(album.id, user.id);
  const own = library.addAsset();
  library.addFace(own.id);
  library.addMemory({}, [own.id]);
  library.addAlbum({}, [own.id]);
  return all;
}

const NARROWED: [SyncRequestType[], MirrorTable, number][] = [
  [["AssetsV2"], "assets", 1],
  [["AssetsV2", "PartnerAssetsV2"], "assets", 2],
  [["AssetsV2", "AlbumAssetsV2"], "assets", 2],
  [["AssetExifsV1"], "exif", 1],
  [["AlbumAssetExifsV1"], "exif", 2],
  [["AlbumToAssetsV1"], "album_assets", 2],
  [["AlbumUsersV1"], "album_users", 3],
  [["AssetFacesV2"], "faces", 1],
  [["MemoryToAssetsV1"], "memory_assets", 1],
];

for (const [types, table, rows] of NARROWED) {
  test(`a mirror that syncs only ${types.join(" and ")} keeps its rows`, async () => {
    const { sync, mirror } = await openFilled();
    await sync({ types });
    assertEquals((await mirror.status()).rows[table], rows);
    await sync({ types });
    await sync({ types, fullEveryMs: 0 });
    assertEquals((await mirror.status()).rows[table], rows);
    assertEquals((await mirror.check()).ok, true);
  });

  test(`a full sync of only ${types.join(" and ")} keeps the rows of other types`, async () => {
    const { sync, mirror, assertMirrors } = await openFilled();
    await sync();
    const { rows } = await mirror.status();
    await sync({ types, fullEveryMs: 0 });
    assertEquals((await mirror.status()).rows, rows);
    assertEquals((await mirror.check()).ok, true);
    await sync();
    await assertMirrors();
  });
}

test("a full sync removes deleted assets' EXIF data even if only EXIF is synced", async () => {
  const { server, sync, column } = await openFilled();
  const types = ["AssetExifsV1"] as const;
  const { id } = server.library.addAsset();
  await sync({ types });
  // No event of this type says that an asset was deleted.
  server.library.deleteAsset(id);
  await sync({ types });
  assertEquals((await column("SELECT asset_id FROM exif")).length, 2);
  await sync({ types, fullEveryMs: 0 });
  assertEquals((await column("SELECT asset_id FROM exif")).length, 1);
});

test("a full sync that is resumed with fewer types keeps the rows of all other types", async () => {
  const { server, sync, mirror, assertMirrors } = await openFilled();
  await sync();
  const { rows } = await mirror.status();
  server.inject({ type: "truncate", atByte: 2000 });
  await sync({ fullEveryMs: 0, retry: { attempts: 1 } }).catch(() => {});
  await sync({ types: ["AssetsV2"] });
  assertEquals((await mirror.status()).rows, rows);
  await sync();
  await assertMirrors();
});

test("a lost album's assets stay if album contents are not synced", async () => {
  const { server, sync, column } = await openFilled();
  const types = ["AssetsV2", "AlbumAssetsV2", "AlbumsV2"] as const;
  await sync({ types });
  const { library } = server;
  library.as(library.albums[0]!.ownerId).deleteAlbum(library.albums[0]!.id);
  await sync({ types });
  await sync({ types });
  assertEquals((await column("SELECT id FROM assets")).length, 2);
});
