/** The inconsistencies that a check finds in a mirror. */
import { assert, assertEquals } from "@std/assert";
import { INCREMENTAL } from "../support/starts.ts";
import { test } from "../support/test.ts";
import { openFixture } from "./fixture.ts";

test("mirror.check() counts rows that precede their parent as orphans, not as faults", async () => {
  const { server, sync, mirror } = await openFixture();
  const { library } = server;
  const [inAlbum, other] = [1, 2].map(() => library.addAsset().id);
  const album = library.addAlbum({}, [inAlbum!]);
  const change = () => {
    library.updateAlbum(album.id, { name: "Renamed" });
    library.updateAsset(other!, { isFavorite: true });
  };
  await sync({ types: ["UsersV1"] });
  server.changeDuringStream({ afterLine: 0 }, change);
  await sync();
  const { ok, orphans } = await mirror.check();
  assert(ok);
  assertEquals(orphans, { album_users: 1, album_assets: 1, exif: 1 });
  await sync();
  assertEquals((await mirror.check()).orphans, {});
});

test("mirror.check() finds assets and stacks that the user cannot reach", async () => {
  const { sync, database, mirror } = await openFixture();
  await sync();
  for (const table of ["assets", "stacks"]) {
    await database.batch([{
      sql: `INSERT INTO ${table} (id, owner_id, batch_number)
        VALUES ('theirs', 'somebody', 1)`,
      params: [],
    }]);
  }
  const { ok, unreachable } = await mirror.check();
  assert(!ok);
  assertEquals(unreachable, { assets: 1, stacks: 1 });
});

test("mirror.check() does not mistake different composite keys for duplicates", async () => {
  const { mirror } = await openFixture();
  await mirror.begin(INCREMENTAL);
  const events = [["a/b", "c"], ["a", "b/c"]].map(([albumId, assetId]) => ({
    type: "AlbumToAssetV1",
    data: { albumId, assetId },
    ack: `AlbumToAssetV1|${albumId}`,
  }));
  await mirror.process({ type: "AlbumToAssetV1", events } as never);
  assertEquals((await mirror.check()).duplicates, {});
});

test("mirror.check() finds rows that were never received as events", async () => {
  const { sync, database, mirror } = await openFixture();
  await sync();
  await database.batch([{
    sql: "INSERT INTO people (id, batch_number) VALUES ('nobody', 1)",
    params: [],
  }]);
  const { ok, excess } = await mirror.check();
  assert(!ok);
  assertEquals(excess, { people: { rows: 1, events: 0 } });
});
