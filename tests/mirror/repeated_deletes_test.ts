/**
 * Servers that delete checkpoints without a reset, as happens in some Immich
 * upgrades.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { deleteSyncAcks, type SyncEntityType } from "../../mod.ts";
import { INCREMENTAL } from "../support/starts.ts";
import { test } from "../support/test.ts";
import { type Fixture, openFixture } from "./fixture.ts";

/** Fills a mirror with rows, some of which were removed and added again. */
async function setUp(): Promise<Fixture> {
  const all = await openFixture();
  const { server: { library, user }, sync } = all;
  const bob = library.addUser({ email: "bob@immich.test" });
  const other = library.as(bob.id);
  const shared = other.addAlbum({}, [other.addAsset().id]);
  const [gone, kept] = [1, 2].map(() => library.addAsset().id);
  const album = library.addAlbum({}, [kept!]);
  const memory = library.addMemory({}, [kept!]);
  library.addFace(kept!, { personId: library.addPerson().id });
  /** Adds rows that can be removed and added again with the same key. */
  function add(): void {
    other.addPartner(user.id);
    other.shareAlbum(shared.id, user.id);
    library.shareAlbum(album.id, bob.id);
    library.addToAlbum(album.id, [kept!]);
    library.addToMemory(memory.id, [kept!]);
    library.setSettings("preferences", {});
    library.setMetadata(kept!, "app", { mark: 1 });
    library.addOcr(kept!);
  }
  add();
  await sync();
  other.removePartner(user.id);
  other.unshareAlbum(shared.id, user.id);
  library.unshareAlbum(album.id, bob.id);
  library.removeFromAlbum(album.id, [kept!]);
  library.removeFromMemory(memory.id, [kept!]);
  library.deleteSettings("preferences");
  library.deleteMetadata(kept!, "app");
  library.deleteOcr(kept!);
  library.deleteAsset(gone!);
  await sync();
  add();
  await sync();
  await all.assertMirrors();
  return all;
}

test("a mirror loses no rows if its checkpoints on the server are deleted", async () => {
  const { server, session, sync, mirror, assertMirrors } = await setUp();
  const { fetch } = server;
  const { events, rows } = await mirror.status();
  const types = Object.keys(events) as SyncEntityType[];
  assert(types.filter((type) => type.includes("Delete")).length > 7);
  for (const type of types) {
    await deleteSyncAcks(session, { types: [type], fetch });
    const { resets } = await sync();
    assertEquals(resets, 0);
    assertEquals((await mirror.status()).rows, rows, type);
    await assertMirrors();
  }
});

test("repeated deletes are skipped even if they span several batches and runs", async () => {
  const { server, session, sync, assertMirrors } = await openFixture();
  const { library, fetch } = server;
  const ids = Array.from({ length: 12 }, () => library.addAsset().id);
  const album = library.addAlbum({}, ids);
  await sync();
  library.removeFromAlbum(album.id, ids);
  await sync();
  library.addToAlbum(album.id, ids);
  await sync();
  const types = ["AlbumToAssetDeleteV1"] as const;
  await deleteSyncAcks(session, { types, fetch });
  const options = { batchSize: 3, ack: { every: 1 }, retry: { attempts: 1 } };
  server.inject({ type: "truncate", atByte: 1500 });
  await assertRejects(() => sync(options));
  await sync(options);
  await assertMirrors();
});

test("a new delete is applied even if it follows repeated deletes", async () => {
  const { server, session, sync, column } = await openFixture();
  const { library, fetch } = server;
  const [first, second] = [1, 2].map(() => library.addAsset().id);
  await sync();
  library.deleteAsset(first!);
  await sync();
  library.deleteAsset(second!);
  await deleteSyncAcks(session, { types: ["AssetDeleteV1"], fetch });
  const { counts } = await sync();
  assertEquals(counts, { AssetDeleteV1: 2 });
  assertEquals(await column("SELECT id FROM assets"), []);
});

test("a late-committed delete is applied even if a repeated delete follows it", async () => {
  const { server, sync, column } = await openFixture();
  const { library } = server;
  const [late, stored, kept] = [1, 2, 3].map(() => library.addAsset().id);
  await sync();
  const commit = server.commitLater(() => library.deleteAsset(late!));
  library.deleteAsset(stored!);
  server.inject({ type: "status", status: 500, on: "ack", times: 9 });
  await assertRejects(() => sync({ retry: { attempts: 1, delayMs: 1 } }));
  assert(server.pendingFaults > 0);
  const rest = await column("SELECT id FROM assets");
  assertEquals(rest.toSorted(), [late, kept].toSorted());
  commit();
  await sync({ retry: { delayMs: 1, attempts: 20 } });
  assertEquals(await column("SELECT id FROM assets"), [kept]);
});

test("a full sync applies repeated deletes again", async () => {
  const { server, sync, column, mirror } = await openFixture();
  const { id } = server.library.addAsset();
  const commit = server.commitLater(() => server.library.deleteAsset(id));
  server.library.deleteAsset(server.library.addAsset().id);
  await sync();
  commit();
  await sync();
  assertEquals(await column("SELECT id FROM assets"), [id], "it came late");
  await sync({ full: true });
  assertEquals(await column("SELECT id FROM assets"), []);
  assertEquals((await mirror.status()).events.AssetDeleteV1, 2);
});

test("repeated deletes are applied again if their acks have an unknown format", async () => {
  const { mirror, column } = await openFixture();
  await mirror.begin(INCREMENTAL);
  const play = async (type: string, data: object, ack: string) => {
    const events = [{ type, data, ack }];
    await mirror.process({ type, events } as never);
  };
  for (const ack of ["AssetDeleteV1|9|", "AssetDeleteV1|10|", ""]) {
    await play("AssetV2", { id: "a", ownerId: "me" }, "AssetV2|1|");
    await play("AssetDeleteV1", { assetId: "a" }, ack);
    assertEquals(await column("SELECT id FROM assets"), []);
  }
});
