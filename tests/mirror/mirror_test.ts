/**
 * How a mirror applies the server's events, and removes rows whose removal is
 * only implied.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { MirrorError } from "../../src/mirror/mod.ts";
import { INCREMENTAL } from "../support/starts.ts";
import { test } from "../support/test.ts";
import { openFixture } from "./fixture.ts";

const V2 = { major: 2, minor: 7, patch: 5 };
const V31 = { major: 3, minor: 1, patch: 0 };
const V33 = { major: 3, minor: 3, patch: 0 };

test("a mirror matches the server, and the next run fetches only new rows", async () => {
  const { server, sync, assertMirrors } = await openFixture();
  const { id } = server.library.addAsset();
  await sync();
  await assertMirrors();
  server.library.updateAsset(id, { isFavorite: true });
  const { counts } = await sync();
  assertEquals(counts, { AssetV2: 1 });
  await assertMirrors();
});

test("2.x and 3.x servers fill the same mirror tables", async () => {
  for (const version of [V2, V31, V33]) {
    const { server, sync, mirror } = await openFixture({ version });
    const { id } = server.library.addAsset({ type: "VIDEO", duration: 61_500 });
    const album = server.library.addAlbum({ order: "asc" }, [id]);
    await sync();
    const [asset] = await mirror.query("SELECT * FROM assets");
    assertEquals([asset?.duration, asset?.is_favorite], [61_500, 0]);
    const users = await mirror.query("SELECT * FROM album_users");
    assertEquals(
      users.map(({ album_id, user_id, role }) => [
        album_id,
        user_id,
        role,
      ]),
      [[album.id, server.user.id, "owner"]],
    );
    assertEquals(await mirror.query('SELECT "order" FROM albums'), [
      { order: "asc" },
    ]);
  }
});

test("a mirror never stores access tokens, PIN codes or OAuth ids", async () => {
  const { server, session, sync, database } = await openFixture();
  server.library.updateUser({ pinCode: "pin-hash", oauthId: "oauth-id" });
  await sync();
  const tables = await database.all(
    "SELECT name FROM sqlite_master WHERE type = 'table'",
    [],
  );
  assert(tables.length > 15);
  for (const { name } of tables) {
    const text = JSON.stringify(
      await database.all(`SELECT * FROM ${name}`, []),
    );
    for (const secret of ["pin-hash", "oauth-id", session.accessToken]) {
      assert(!text.includes(secret), `${name} contains a secret`);
    }
  }
});

test("a mirror counts events of an unknown type and stores all other rows", async () => {
  const { server, sync, mirror, assertMirrors } = await openFixture();
  server.library.addAsset();
  server.inject({ type: "unknown", entityType: "AssetV3" });
  await sync();
  await assertMirrors();
  const { events } = await mirror.status();
  assert(events.AssetV3! > 0);
  assertEquals(events.AssetV2, 1);
});

test("the newest types, sent by 3.3 servers, fill the same mirror tables", async () => {
  const { server, sync, mirror, assertMirrors } = await openFixture({
    version: V33,
  });
  const { id } = server.library.addAsset();
  const face = server.library.addFace(id);
  await sync();
  await assertMirrors();
  const { events, rows } = await mirror.status();
  assertEquals([events.AuthUserV2, rows.auth_users], [1, 1]);
  assertEquals([events.AssetFaceV3, rows.faces], [1, 1]);
  server.library.deleteFace(face.id);
  const { counts } = await sync();
  assertEquals(counts, { AssetFaceDeleteV1: 1 });
  await assertMirrors();
});

test("a mirror stays correct when a server upgrade changes the types of its rows", async () => {
  const { server, sync, mirror, assertMirrors } = await openFixture({
    version: V33,
  });
  const { id } = server.library.addFace(server.library.addAsset().id);
  await sync({ serverVersion: V31 });
  server.library.deleteFace(id);
  server.library.addFace(server.library.assets[0]!.id);
  const { counts } = await sync();
  assertEquals(counts, { AuthUserV2: 1, AssetFaceDeleteV1: 1, AssetFaceV3: 1 });
  assertEquals((await mirror.status()).rows.faces, 1);
  await assertMirrors();
});

test("a delete for a row that the mirror never had does nothing", async () => {
  const { server, sync, assertMirrors, mirror } = await openFixture();
  const { library } = server;
  const { id } = library.addAsset();
  const album = library.addAlbum({}, [id]);
  library.deleteAlbum(album.id);
  library.deleteAsset(id);
  await sync();
  await assertMirrors();
  assertEquals((await mirror.status()).events.AssetDeleteV1, 1);
});

test("a soft-deleted asset stays in its table but disappears from the views", async () => {
  const { server, sync, column, assertMirrors } = await openFixture();
  const { id } = server.library.addAsset();
  await sync();
  assertEquals(await column("SELECT id FROM timeline"), [id]);
  server.library.trashAsset(id);
  await sync();
  assertEquals(await column("SELECT id FROM assets"), [id]);
  assertEquals(await column("SELECT id FROM timeline"), []);
  await assertMirrors();
});

test("OCR deletes match by asset id, not by the delete's own id", async () => {
  const { server, sync, column } = await openFixture();
  const [first, second] = [1, 2].map(() => server.library.addAsset().id);
  server.library.addOcr(first!, { text: "one" });
  server.library.addOcr(second!, { text: "two" });
  await sync();
  server.library.deleteOcr(first!);
  await sync();
  assertEquals(await column("SELECT text FROM asset_ocr"), ["two"]);
});

for (const version of [V2, V31]) {
  const name = `${version.major}.${version.minor}`;

  test(`the end of a partner share removes its rows unless an album has them (${name})`, async () => {
    const { server, sync, column, assertMirrors } = await openFixture({
      version,
    });
    const bob = server.library.addUser({ email: "bob@immich.test" });
    const library = server.library.as(bob.id);
    const [only, both] = [1, 2].map(() => library.addAsset().id);
    library.addStack([only!, both!]);
    const album = library.addAlbum({}, [both!]);
    library.addPartner(server.user.id);
    library.shareAlbum(album.id, server.user.id);
    await sync();
    assertEquals((await column("SELECT id FROM assets")).length, 2);
    assertEquals((await column("SELECT id FROM stacks")).length, 1);

    library.removePartner(server.user.id);
    await sync();
    assertEquals(await column("SELECT id FROM assets"), [both]);
    assertEquals(await column("SELECT asset_id FROM exif"), [both]);
    assertEquals(await column("SELECT id FROM stacks"), []);
    await assertMirrors();
  });

  test(`losing an album removes its assets unless another album has them (${name})`, async () => {
    const { server, sync, column, assertMirrors } = await openFixture({
      version,
    });
    const bob = server.library.addUser({ email: "bob@immich.test" });
    const library = server.library.as(bob.id);
    const [only, both] = [1, 2].map(() => library.addAsset().id);
    const lost = library.addAlbum({}, [only!, both!]);
    const kept = library.addAlbum({}, [both!]);
    for (const { id } of [lost, kept]) library.shareAlbum(id, server.user.id);
    await sync();
    library.unshareAlbum(lost.id, server.user.id);
    await sync();
    assertEquals(await column("SELECT id FROM assets"), [both]);
    assertEquals(await column("SELECT id FROM albums"), [kept.id]);
    await assertMirrors();

    library.shareAlbum(lost.id, server.user.id);
    await sync();
    assertEquals((await column("SELECT id FROM assets")).length, 2);
    await assertMirrors();
  });
}

test("a mirror has no pending removals once the library has stopped changing", async () => {
  const { server, sync, database, assertMirrors } = await openFixture();
  const { library, user } = server;
  const notes = async () => [
    ...await database.all("SELECT * FROM mirror_candidates", []),
    ...await database.all("SELECT * FROM mirror_sharers", []),
  ];
  const [bob, eve] = ["bob", "eve"].map((name) =>
    library.addUser({ email: `${name}@immich.test` }).id
  );
  const [first, second] = [bob, eve].map((id) => {
    const other = library.as(id!);
    const album = other.addAlbum({}, [other.addAsset().id]);
    other.shareAlbum(album.id, user.id);
    return { other, album };
  });
  await sync();
  assertEquals(await notes(), []);
  first!.other.unshareAlbum(first!.album.id, user.id);
  second!.other.addPartner(user.id);
  await sync();
  await sync();
  assertEquals((await notes()).map(({ user_id }) => user_id), [eve]);
  library.deleteUser(eve!);
  await sync();
  assertEquals(await notes(), []);
  await assertMirrors();
});

test("an album that is lost and shared again between two runs is complete", async () => {
  const { server, sync, assertMirrors } = await openFixture();
  const bob = server.library.addUser({ email: "bob@immich.test" });
  const library = server.library.as(bob.id);
  const album = library.addAlbum({}, [library.addAsset().id]);
  library.shareAlbum(album.id, server.user.id);
  await sync();
  library.unshareAlbum(album.id, server.user.id);
  library.shareAlbum(album.id, server.user.id);
  await sync();
  await assertMirrors();
});

test("a mirror stores a row even if it arrives before its parent", async () => {
  const { mirror, column } = await openFixture();
  const asset = { albumId: "album", assetId: "asset" };
  await mirror.begin(INCREMENTAL);
  await mirror.process({
    type: "AlbumToAssetV1",
    events: [{ type: "AlbumToAssetV1", data: asset, ack: "AlbumToAssetV1|1" }],
  });
  assertEquals(await column("SELECT asset_id FROM album_assets"), ["asset"]);
});

test("a repeated batch changes nothing in a mirror, not even a count", async () => {
  const { server, database, sync } = await openFixture();
  for (let i = 0; i < 5; i++) server.library.addAsset();
  const dump = async () => {
    const rows = await database.all("SELECT * FROM assets ORDER BY id", []);
    const counts = "SELECT type, events, ack, batch FROM mirror_events";
    return [rows, await database.all(counts, [])];
  };
  await sync();
  const before = await dump();
  // The acks fail, so the server sends the same rows again.
  const { id } = server.library.addAsset();
  server.library.deleteAsset(id);
  server.inject({ type: "status", status: 500, on: "ack", times: 99 });
  await assertRejects(() => sync({ retry: { attempts: 1 } }));
  server.clearFaults();
  const between = await dump();
  await sync();
  assertEquals(await dump(), between);
  assertEquals(between[0], before[0]);
});

test("an additional row in an otherwise repeated batch is counted", async () => {
  const { server, mirror, sync } = await openFixture();
  const commit = server.commitLater(() => server.library.addAsset());
  server.library.addAsset();
  server.inject({ type: "status", status: 500, on: "ack", times: 99 });
  await assertRejects(() => sync({ retry: { attempts: 1 } }));
  server.clearFaults();
  // This row's position precedes the position of the stored but unacknowledged
  // row.
  commit();
  await sync();
  const { rows, events } = await mirror.status();
  assertEquals([rows.assets, events.AssetV2], [2, 2]);
  assertEquals(await mirror.check(), {
    ok: true,
    orphans: {},
    unreachable: {},
    duplicates: {},
    excess: {},
  });
});

test("a mirror belongs to only one user", async () => {
  const { reopen } = await openFixture();
  const error = await assertRejects(
    () => reopen({ userId: "somebody else" }),
    MirrorError,
  );
  assertEquals(error.code, "mirror_foreign");
  await assertRejects(() => reopen({ userId: "" }), TypeError);
});
