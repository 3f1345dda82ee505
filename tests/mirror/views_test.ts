/** What the views of a mirror show, and which indexes they use. */
import { assert, assertEquals } from "@std/assert";
import { test } from "../support/test.ts";
import { openFixture } from "./fixture.ts";

test("the timeline shows the user's assets and those of partners with inTimeline set", async () => {
  const { server, sync, column } = await openFixture();
  const { library } = server;
  const [shown, archived, trashed, below, above] = [1, 2, 3, 4, 5].map(() =>
    library.addAsset().id
  );
  library.updateAsset(archived!, { visibility: "archive" });
  library.trashAsset(trashed!);
  library.addStack([above!, below!]);
  const bob = library.addUser({ email: "bob@immich.test" });
  const { id: partners } = library.as(bob.id).addAsset();
  library.as(bob.id).addPartner(server.user.id);
  const timeline = async () => {
    await sync();
    return new Set(await column("SELECT id FROM timeline"));
  };
  assertEquals(await timeline(), new Set([shown, above]));
  library.updatePartner(bob.id, true);
  assertEquals(await timeline(), new Set([shown, above, partners]));
  const visible = await column("SELECT id FROM visible_assets");
  assertEquals(visible.length, 5);
});

/**
 * Creates a partner who is shown in the timeline. The partner's picture is in
 * two albums: one of the partner's and one of the user's.
 */
async function shared() {
  const all = await openFixture();
  const { library, user } = all.server;
  const { id: bobId } = library.addUser({ email: "bob@immich.test" });
  const bob = library.as(bobId);
  const { id } = bob.addAsset();
  bob.addPartner(user.id);
  library.updatePartner(bobId, true);
  const theirs = bob.addAlbum({}, [id]);
  bob.shareAlbum(theirs.id, user.id);
  const own = library.addAlbum({}, [id]);
  await all.sync();
  return { ...all, library, bobId, id, theirs, own };
}

test("the timeline omits the assets of a soft-deleted partner", async () => {
  const { library, bobId, id, sync, column, assertMirrors } = await shared();
  assertEquals(await column("SELECT id FROM timeline"), [id]);
  library.softDeleteUser(bobId);
  await sync();
  assertEquals(await column("SELECT id FROM timeline"), []);
  assertEquals(await column("SELECT id FROM visible_assets"), [id]);
  await assertMirrors();
  library.restoreUser(bobId);
  await sync();
  assertEquals(await column("SELECT id FROM timeline"), [id]);
});

test("the album timeline omits the albums of a soft-deleted owner", async () => {
  const { library, bobId, theirs, own, sync, column } = await shared();
  const shown = "SELECT album_id FROM album_timeline ORDER BY album_id";
  assertEquals(await column(shown), [theirs.id, own.id].sort());
  library.softDeleteUser(bobId);
  await sync();
  assertEquals(await column(shown), [own.id], "their picture stays in it");
  library.restoreUser(bobId);
  await sync();
  assertEquals(await column(shown), [theirs.id, own.id].sort());
});

test("queries for the timeline, an album or a person use an index", async () => {
  const { database } = await openFixture();
  const plans = {
    "SELECT * FROM timeline ORDER BY local_date_time DESC LIMIT 50":
      "assets_by_local_date_time",
    "SELECT * FROM album_timeline WHERE album_id = 'a'": "PRIMARY KEY",
    "SELECT * FROM album_assets WHERE asset_id = 'a'":
      "album_assets_by_asset_id",
    "SELECT asset_id FROM faces WHERE person_id = 'a'": "faces_by_person_id",
  };
  for (const [sql, index] of Object.entries(plans)) {
    const steps = await database.all(`EXPLAIN QUERY PLAN ${sql}`, []);
    const text = steps.map(({ detail }) => detail).join("; ");
    assert(text.includes(index), `${sql}: ${text}`);
    assert(!/USE TEMP B-TREE/.test(text), `${sql}: ${text}`);
  }
});
