/** Mirrors that share a database with an application or with each other. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import {
  createMirror,
  type MirrorDatabase,
  MirrorError,
  type MirrorOptions,
  sqlite,
} from "../../src/mirror/mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { dump } from "../support/dump.ts";
import { test } from "../support/test.ts";
import { assertMirrors } from "./mirror_replica.ts";

/** An empty database, and a function that executes SQL in it. */
function openDatabase() {
  const file = new DatabaseSync(":memory:");
  return { database: sqlite(file), exec: (sql: string) => file.exec(sql) };
}

async function assertForeign(
  database: MirrorDatabase,
  options: MirrorOptions,
): Promise<string> {
  const before = await dump(database);
  const error = await assertRejects(
    () => createMirror(database, options),
    MirrorError,
  );
  assertEquals(error.code, "mirror_foreign");
  assertEquals(await dump(database), before);
  return error.message;
}

/** A server with two users who share an album. */
function openServer() {
  const server = new FakeImmich();
  const { library, user } = server;
  const bob = library.addUser({ email: "bob@immich.test" });
  const { id } = library.addAsset();
  library.as(bob.id).addAsset();
  library.shareAlbum(library.addAlbum({}, [id]).id, bob.id);
  return { server, ada: user.id, bob: bob.id };
}

/** What an application's database may contain. */
const APPLICATION = `
  CREATE TABLE users (id INTEGER PRIMARY KEY, password TEXT);
  CREATE TABLE assets (id INTEGER PRIMARY KEY, price INTEGER);
  CREATE VIEW timeline AS SELECT id FROM assets;
  CREATE INDEX faces_by_asset_id ON assets (price);
  INSERT INTO users VALUES (1, 'secret');
  INSERT INTO assets VALUES (1, 100), (2, 200)`;

test("a mirror prefix that is not a valid SQL identifier is refused", async () => {
  const { database } = openDatabase();
  const wrong = [
    ...["a b", "a-", "1a", "ä_", "a.", "'", '"', "a;", "{me}", "a\n", "a\0"],
    ...["a_; DROP TABLE users; --", "a".repeat(33)],
    ...["sqlite_", "SQLite_a", "_cf_", "_CF_a"],
    ...[null, 1, true, ["a"], {}],
  ];
  for (const prefix of wrong) {
    const options = { userId: "ada", prefix } as MirrorOptions;
    const error = await assertRejects(
      () => createMirror(database, options),
      TypeError,
    );
    assert(error.message.startsWith("Cannot open the mirror: prefix "));
  }
  assertEquals(await dump(database), { schema: [] });
});

test("a mirror with a prefix syncs, and its tables and views begin with the prefix", async () => {
  const { server, ada } = openServer();
  for (const prefix of ["immich_", "Immich", "_", "a1", "x".repeat(32)]) {
    const { database } = openDatabase();
    const mirror = await createMirror(database, { userId: ada, prefix });
    await mirror.sync(server.createSession(), { fetch: server.fetch });
    await assertMirrors(mirror, server.snapshot(), prefix);
    assertEquals(
      (await mirror.query(`SELECT * FROM ${prefix}timeline`)).length,
      1,
    );
    const names = await database.all("SELECT name FROM sqlite_master", []);
    assert(names.length > 35);
    for (const name of names.map(({ name }) => String(name))) {
      const own = name.replace(/^sqlite_autoindex_/, "");
      assert(own.startsWith(prefix), name);
    }
  }
});

test("mirrors of two users can share a database with an application", async () => {
  const { server, ada, bob } = openServer();
  const { fetch } = server;
  const { database, exec } = openDatabase();
  exec(APPLICATION);
  const before = await dump(database);
  const users = { ada_: ada, bob_: bob };
  for (const full of [false, "wipe"] as const) {
    for (const [prefix, userId] of Object.entries(users)) {
      const mirror = await createMirror(database, { userId, prefix });
      await mirror.sync(server.createSession(userId), { fetch, full });
    }
  }
  for (const [prefix, userId] of Object.entries(users)) {
    const mirror = await createMirror(database, { userId, prefix });
    await assertMirrors(mirror, server.snapshot(userId), prefix);
  }
  const { users: people, assets } = await dump(database);
  assertEquals([people, assets], [before.users, before.assets]);
  const foreign = { ada_: bob, bob_: ada };
  for (const [prefix, userId] of Object.entries(foreign)) {
    await assertForeign(database, { userId, prefix });
  }
});

test("a mirror is refused if the application already uses one of its names", async () => {
  const { database: fresh } = openDatabase();
  await createMirror(fresh, { userId: "ada" });
  const names = await fresh.all(
    "SELECT name FROM sqlite_master WHERE name NOT GLOB 'sqlite_*'",
    [],
  );
  const kinds = {
    table: (name: string) => `CREATE TABLE ${name} (id INTEGER)`,
    "temporary table": (name: string) =>
      `CREATE TEMP TABLE ${name} (id INTEGER)`,
    view: (name: string) => `CREATE VIEW ${name} AS SELECT 1 AS id`,
    index: (name: string) => `CREATE INDEX ${name} ON theirs (id)`,
    trigger: (name: string) =>
      `CREATE TRIGGER ${name} AFTER INSERT ON theirs BEGIN SELECT 1; END`,
  };
  for (const name of names.map(({ name }) => String(name))) {
    for (const [kind, create] of Object.entries(kinds)) {
      for (const spelling of [name, name.toUpperCase()]) {
        const { database, exec } = openDatabase();
        exec(`CREATE TABLE theirs (id INTEGER); ${create(spelling)}`);
        assertEquals(
          await assertForeign(database, { userId: "ada" }),
          `Cannot open the mirror: the database already has a ${
            kind.replace("temporary ", "")
          } "${spelling}" that does not belong to the mirror; use another prefix or another database`,
        );
      }
    }
  }
});

test("a mirror is refused if an application's table only resembles its state table", async () => {
  const tables = [
    "(id INTEGER)",
    "(schema_version INTEGER)",
    "(user_id TEXT, schema_version INTEGER)",
  ];
  for (const columns of tables) {
    for (const prefix of ["", "other_"]) {
      const { database, exec } = openDatabase();
      exec(`CREATE TABLE ${prefix}mirror_state ${columns}`);
      if (prefix === "") await assertForeign(database, { userId: "ada" });
      else await createMirror(database, { userId: "ada" });
    }
  }
});

test("a different prefix for a user's existing mirror is refused", async () => {
  for (const [first, second] of [["", "b_"], ["a_", "b_"], ["a_", ""]]) {
    const { database, exec } = openDatabase();
    exec(`CREATE TABLE app_mirror_state (user_id TEXT);
      INSERT INTO app_mirror_state VALUES ('ada')`);
    await createMirror(database, { userId: "eve", prefix: "eve_" });
    await createMirror(database, { userId: "ada", prefix: first! });
    assertEquals(
      await assertForeign(database, { userId: "ada", prefix: second! }),
      `Cannot open the mirror: user ada already has a mirror with the prefix "${first}" in this database; use that prefix`,
    );
    await createMirror(database, { userId: "bob", prefix: second! });
  }
});

test("a prefix that differs only in case opens the same mirror", async () => {
  const { server, ada: userId } = openServer();
  const session = server.createSession();
  const { database } = openDatabase();
  for (const prefix of ["immich_", "IMMICH_"]) {
    const mirror = await createMirror(database, { userId, prefix });
    await mirror.sync(session, { fetch: server.fetch });
    await assertMirrors(mirror, server.snapshot(), prefix);
  }
});

test("a prefix is refused if it would produce another mirror's table names", async () => {
  const { database } = openDatabase();
  await createMirror(database, { userId: "ada" });
  const message = await assertForeign(database, {
    userId: "bob",
    prefix: "album_",
  });
  assert(/"album_(users|assets|timeline)"/.test(message), message);
});

test("a user id is never executed as SQL", async () => {
  const ids = ["{assets}", "{me}", "it's", "''", "$&", "x'); DROP TABLE users"];
  for (const userId of ids) {
    const { database } = openDatabase();
    await createMirror(database, { userId });
    const mirror = await createMirror(database, { userId });
    assertEquals(
      await mirror.query("SELECT user_id FROM mirror_state"),
      [{ user_id: userId }],
    );
    const [index] = await mirror.query(
      "SELECT sql FROM sqlite_master WHERE name = 'assets_of_others'",
    );
    const literal = `'${userId.replaceAll("'", "''")}'`;
    assert(String(index?.sql).endsWith(`owner_id <> ${literal}`));
  }
});
