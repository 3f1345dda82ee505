/**
 * An older copy is migrated, and only rows that a new column needs are synced
 * again.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { createMirror, MirrorError, sqlite } from "../../src/mirror/mod.ts";
import { type Migration, MIGRATIONS } from "../../src/mirror/migrations.ts";
import { migrate, readState } from "../../src/mirror/state.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { test } from "../support/test.ts";
import { openFixture } from "./fixture.ts";

/** A schema of two versions: the second one adds a column. */
const OLD: Migration[] = [{
  statements: [
    ...MIGRATIONS[0]!.statements.map((sql) => sql.replace('"fps" REAL, ', "")),
  ],
}];
const NEW: Migration[] = [...OLD, {
  statements: ["ALTER TABLE exif ADD COLUMN fps REAL"],
  again: ["AssetExifV1"],
}];

test("a new database gets the newest schema and keeps it", async () => {
  const { database, reopen, mirror } = await openFixture();
  const schema = () => database.all("SELECT sql FROM sqlite_master", []);
  const before = await schema();
  await reopen();
  assertEquals(await schema(), before);
  assertEquals((await mirror.status()).schemaVersion, MIGRATIONS.length);
});

test("an older copy is migrated step by step and keeps its rows", async () => {
  const database = sqlite(new DatabaseSync(":memory:"));
  await migrate(database, "ada", OLD);
  const columns = async () =>
    (await database.all("SELECT name FROM pragma_table_info('exif')", []))
      .map(({ name }) => name);
  assert(!(await columns()).includes("fps"), "the old schema lacks the column");
  await database.batch([{
    sql:
      "INSERT INTO exif (asset_id, city, batch_number) VALUES ('a', 'Köln', 0)",
    params: [],
  }]);
  await migrate(database, "ada", NEW);
  assert((await columns()).includes("fps"));
  assertEquals(
    (await database.all("SELECT city FROM exif", []))[0]?.city,
    "Köln",
  );
  const { schemaVersion, staleTypes } = await readState(database);
  assertEquals([schemaVersion, staleTypes], [2, ["AssetExifV1"]]);
});

test("a failed migration leaves the copy unchanged", async () => {
  const database = sqlite(new DatabaseSync(":memory:"));
  await migrate(database, "ada", OLD);
  const broken = [...OLD, {
    statements: ["ALTER TABLE exif ADD COLUMN fps REAL", "SELECT broken"],
  }];
  await assertRejects(() => migrate(database, "ada", broken));
  assertEquals((await readState(database)).schemaVersion, 1);
  await migrate(database, "ada", NEW);
  assertEquals((await readState(database)).schemaVersion, 2);
});

test("rows that a new column needs are sent again, and no others", async () => {
  const { server, sync, database, mirror } = await openFixture();
  for (let i = 0; i < 3; i++) server.library.addAsset();
  await sync();
  await database.batch([{
    sql: `UPDATE mirror_state SET stale_types = '["AssetExifV1"]'`,
    params: [],
  }]);
  const { counts } = await sync();
  assertEquals(counts, { AssetExifV1: 3 });
  assertEquals((await sync()).counts, {});
  assert((await mirror.check()).ok);
});

test("checkpoints that could not be deleted are deleted by the next run", async () => {
  const { server, sync, database } = await openFixture();
  server.library.addAsset();
  await sync();
  await database.batch([{
    sql: `UPDATE mirror_state SET stale_types = '["AssetV2"]'`,
    params: [],
  }]);
  server.inject({
    type: "status",
    status: 401,
    on: ({ method }) => method === "DELETE",
  });
  await assertRejects(() => sync());
  assertEquals((await sync()).counts, { AssetV2: 1 });
});

test("a copy from a newer library version is refused and left unchanged", async () => {
  const { server } = { server: new FakeImmich() };
  const database = sqlite(new DatabaseSync(":memory:"));
  await migrate(database, server.user.id, NEW);
  const error = await assertRejects(
    () => createMirror(database, { userId: server.user.id }),
    MirrorError,
  );
  assertEquals(error.code, "mirror_newer");
  assertEquals(
    error.message,
    "Cannot open the mirror: its schema has version 2, this library supports versions up to 1",
  );
});
