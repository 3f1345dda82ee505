/**
 * An older mirror is migrated, and only the rows needed to fill a new column are synced
 * again.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import {
  createMirror,
  type MirrorDatabase,
  MirrorError,
  sqlite,
} from "../../src/mirror/mod.ts";
import { migrate } from "../../src/mirror/migrate.ts";
import { type Migration, MIGRATIONS } from "../../src/mirror/migrations.ts";
import { withNames } from "../../src/mirror/names.ts";
import { readState } from "../../src/mirror/state.ts";
import {
  type ColumnType,
  TABLE_NAMES,
  TABLES,
  toColumn,
} from "../../src/mirror/tables.ts";
import { test } from "../support/test.ts";
import { dump } from "../support/dump.ts";
import { failingAt, openFixture } from "./fixture.ts";

/**
 * A later release's schema, in which a table and its views have one more
 * column.
 */
const LATER: Migration[] = [...MIGRATIONS, {
  statements: ["ALTER TABLE {assets} ADD COLUMN camera TEXT"],
  again: ["AssetV2"],
}];

const SQL_TYPES: Record<ColumnType, string> = {
  text: "TEXT",
  integer: "INTEGER",
  real: "REAL",
  boolean: "INTEGER",
  json: "TEXT",
  milliseconds: "INTEGER",
};

/** Opens a mirror's database with the given versions of the schema. */
async function openVersions(
  migrations: readonly Migration[],
): Promise<MirrorDatabase> {
  const database = withNames(sqlite(new DatabaseSync(":memory:")), {
    userId: "ada",
  });
  await migrate(database, "ada", migrations);
  return database;
}

type Row = Record<string, unknown>;

async function columnsOf(database: MirrorDatabase, table: string) {
  const sql = "SELECT name, type, pk FROM pragma_table_info(?)";
  return await database.all(sql, [table]);
}

test("a new database gets the newest schema and keeps it", async () => {
  const { database, reopen, mirror } = await openFixture();
  const schema = () => database.all("SELECT sql FROM sqlite_master", []);
  const before = await schema();
  await reopen();
  assertEquals(await schema(), before);
  assertEquals((await mirror.status()).schemaVersion, MIGRATIONS.length);
});

test("migrations create each table with all of its columns and keys", async () => {
  const database = await openVersions(MIGRATIONS);
  for (const table of TABLE_NAMES) {
    const { key, columns } = TABLES[table];
    const keys: readonly string[] = key;
    const expected = Object.entries<ColumnType>(columns)
      .map(([field, type]) => ({
        name: toColumn(field),
        type: SQL_TYPES[type],
        pk: keys.indexOf(field) + 1,
      }));
    const mark = { name: "batch_number", type: "INTEGER", pk: 0 };
    const byName = (a: Row, b: Row) => String(a.name) < String(b.name) ? -1 : 1;
    assertEquals(
      (await columnsOf(database, table)).sort(byName),
      [...expected, mark].sort(byName),
      table,
    );
  }
});

test("a later library version with one more column opens both new and old mirrors", async () => {
  const fresh = await openVersions(LATER);
  const old = await openVersions(MIGRATIONS);
  const id = { sql: "INSERT INTO {assets} (id, batch_number) VALUES ('a', 0)" };
  await old.batch([{ ...id, params: [] }]);
  await migrate(old, "ada", LATER);
  for (const table of ["assets", "timeline", "album_timeline"]) {
    const columns = await columnsOf(old, table);
    assert(columns.some(({ name }) => name === "camera"), table);
    assertEquals(await columnsOf(fresh, table), columns);
  }
  assertEquals(await old.all("SELECT id, camera FROM {assets}", []), [
    { id: "a", camera: null },
  ]);
});

test("an older mirror is migrated step by step and keeps its rows", async () => {
  const database = await openVersions(MIGRATIONS);
  await database.batch([{
    sql:
      "INSERT INTO {exif} (asset_id, city, batch_number) VALUES ('a', 'Köln', 0)",
    params: [],
  }]);
  await migrate(database, "ada", LATER);
  assertEquals(
    (await database.all("SELECT city FROM {exif}", []))[0]?.city,
    "Köln",
  );
  const { schemaVersion, staleTypes } = await readState(database);
  assertEquals([schemaVersion, staleTypes], [LATER.length, ["AssetV2"]]);
});

test("a failed migration leaves the mirror unchanged", async () => {
  const database = await openVersions(MIGRATIONS);
  const statements = [...LATER.at(-1)!.statements, "SELECT broken"];
  const broken = [...MIGRATIONS, { statements }];
  await assertRejects(() => migrate(database, "ada", broken));
  assertEquals((await readState(database)).schemaVersion, MIGRATIONS.length);
  await migrate(database, "ada", LATER);
  assertEquals((await readState(database)).schemaVersion, LATER.length);
});

test("createMirror leaves nothing behind if any of its statements fails", async () => {
  const database = sqlite(new DatabaseSync(":memory:"));
  const { statements } = MIGRATIONS[0]!;
  for (let i = 0; i < statements.length; i++) {
    const broken = failingAt(database, i);
    await assertRejects(() => createMirror(broken, { userId: "ada" }));
    assertEquals(await dump(database), { schema: [] });
  }
  await createMirror(database, { userId: "ada" });
});

test("a mirror whose schema is only half created is refused and left unchanged", async () => {
  const { statements } = MIGRATIONS[0]!;
  for (let count = 1; count <= statements.length; count++) {
    const file = sqlite(new DatabaseSync(":memory:"));
    const database = withNames(file, { userId: "ada" });
    for (const sql of statements.slice(0, count)) {
      await database.batch([{ sql, params: [] }]);
    }
    const before = await dump(file);
    const error = await assertRejects(
      () => createMirror(file, { userId: "ada" }),
      MirrorError,
    );
    assertEquals(error.code, "mirror_foreign");
    assertEquals(await dump(file), before);
  }
});

test("two connections can create or migrate the same mirror at the same time", async () => {
  const file = sqlite(new DatabaseSync(":memory:"));
  const open = (userId: string) =>
    createMirror(file, { userId }).then(() => "open", ({ code }) => code);
  const opened = await Promise.all(["ada", "ada", "bob"].map(open));
  assertEquals(opened, ["open", "open", "mirror_foreign"]);
  const database = withNames(file, { userId: "ada" });
  await Promise.all([1, 2].map(() => migrate(database, "ada", LATER)));
  const { schemaVersion, staleTypes } = await readState(database);
  assertEquals([schemaVersion, staleTypes], [LATER.length, ["AssetV2"]]);
});

test("a migration is refused if the application already uses one of its new names", async () => {
  const file = sqlite(new DatabaseSync(":memory:"));
  const database = withNames(file, { userId: "ada" });
  await migrate(database, "ada", MIGRATIONS);
  const [create, again] = ["tags", "timeline"].map((name) =>
    `CREATE VIEW {${name}} AS SELECT id FROM {assets}`
  );
  await file.batch([{ sql: "CREATE TABLE tags (id INTEGER)", params: [] }]);
  const before = await dump(file);
  const error = await assertRejects(
    () => migrate(database, "ada", [...MIGRATIONS, { statements: [create!] }]),
    MirrorError,
    'a table "tags" that does not belong to the mirror',
  );
  assertEquals(error.code, "mirror_foreign");
  assertEquals(await dump(file), before);
  const statements = ["DROP VIEW {timeline}", again!];
  await migrate(database, "ada", [...MIGRATIONS, { statements }]);
});

test("a run after a migration refetches only the rows needed to fill a new column", async () => {
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

test("the deletion of checkpoints after a migration is retried if it fails", async () => {
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

test("a mirror from a newer library version is refused and left unchanged", async () => {
  const file = sqlite(new DatabaseSync(":memory:"));
  await migrate(withNames(file, { userId: "ada" }), "ada", LATER);
  const dump = () => file.all("SELECT * FROM mirror_state", []);
  const before = await dump();
  const error = await assertRejects(
    () => createMirror(file, { userId: "ada" }),
    MirrorError,
  );
  assertEquals(error.code, "mirror_newer");
  assertEquals(
    error.message,
    `Cannot open the mirror: its schema version is ${LATER.length}, but this library supports versions up to ${MIGRATIONS.length}`,
  );
  assertEquals(await dump(), before);
});
