/** A mirror in D1, in workerd. */
import { INCREMENTAL } from "../support/starts.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { KnownSyncBatch, SyncAssetV2 } from "../../mod.ts";
import {
  createMirror,
  type MirrorDatabase,
  MirrorError,
} from "../../src/mirror/mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { SEED } from "../support/property.ts";
import { textOf, transcript } from "../support/transcripts.ts";
import { assertMirrors } from "./mirror_replica.ts";
import { PLACES, startWorkers, workersTest } from "./workers.ts";

/** Maximum number of statements per request on D1's free plan. */
const MOST_STATEMENTS = 50;

/** Creates a database that counts the statements in each batch. */
function counted(
  database: MirrorDatabase,
): { database: MirrorDatabase; batches: number[] } {
  const batches: number[] = [];
  return {
    batches,
    database: {
      ...database,
      async batch(statements) {
        batches.push(statements.length);
        await database.batch(statements);
      },
    },
  };
}

/** Creates a library with assets, some of which are in an album. */
function libraryOf(assets: number): FakeImmich {
  const fake = new FakeImmich();
  const ids = Array.from({ length: assets }, () => fake.library.addAsset().id);
  fake.library.addAlbum({}, ids.slice(0, assets / 5));
  return fake;
}

const recording = textOf(
  await transcript("3.1.0/03-sync-admin/002-initial-all"),
);

const LIBRARIES: Record<string, () => FakeImmich> = {
  "the recorded library": () => new FakeImmich({ recording }),
  "5,000 assets": () => libraryOf(5_000),
};

for (const [name, toFake] of Object.entries(LIBRARIES)) {
  workersTest(
    `a mirror of ${name} in D1 matches the server and respects D1's statement limit`,
    async () => {
      await using workers = await startWorkers();
      const { database, batches } = counted(workers.databaseIn("d1"));
      const fake = toFake();
      const session = fake.createSession();
      const { userId = "" } = session;
      const mirror = await createMirror(database, { userId });
      const { complete } = await mirror.sync(session, { fetch: fake.fetch });
      assert(complete);
      assert(Math.max(...batches) <= MOST_STATEMENTS, `${batches}`);
      await assertMirrors(mirror, fake.snapshot());
    },
  );
}

for (const [place, name] of PLACES) {
  workersTest(
    `a failed batch leaves nothing in the database (${name})`,
    async () => {
      await using workers = await startWorkers();
      const fake = libraryOf(1_000);
      const database = workers.databaseIn(place);
      const mirror = await createMirror(database, { userId: fake.user.id });
      await mirror.begin(INCREMENTAL);
      const before = await mirror.status();
      const assets = [...fake.snapshot().assets.values()] as SyncAssetV2[];
      // Long enough to need more than one statement.
      const thumbhash = "A".repeat(1_000);
      const events = assets
        .map((data) => ({ data: { ...data, thumbhash }, ack: "AssetV2|1" }));
      const batch = { type: "AssetV2", events } as KnownSyncBatch<"AssetV2">;
      const trigger = `CREATE TRIGGER refuse BEFORE INSERT ON assets
        WHEN new.id = '${assets.at(-1)!.id}'
        BEGIN SELECT raise(ABORT, 'refused'); END`;
      await database.batch([{ sql: trigger, params: [] }]);
      await assertRejects(() => mirror.process(batch), Error, "refused");
      assertEquals(await mirror.status(), before);
      await database.batch([{ sql: "DROP TRIGGER refuse", params: [] }]);
      await mirror.process(batch);
      assertEquals((await mirror.status()).rows.assets, 1_000);
    },
  );
}

for (const [place, name] of PLACES) {
  workersTest(
    `mirrors of two users can share a database with an application (${name})`,
    async () => {
      await using workers = await startWorkers();
      const database = workers.databaseIn(place);
      const create = "CREATE TABLE users (id INTEGER PRIMARY KEY)";
      await database.batch([{ sql: create, params: [] }]);
      const fake = libraryOf(100);
      const { user, library, fetch } = fake;
      await assertRejects(
        () => createMirror(database, { userId: user.id }),
        MirrorError,
        'the database already has a table "users"',
      );
      const bob = library.addUser({ email: "bob@immich.test" });
      library.as(bob.id).addAsset();
      const users = { ada_: user.id, bob_: bob.id };
      for (const [prefix, userId] of Object.entries(users)) {
        const mirror = await createMirror(database, { userId, prefix });
        await mirror.sync(fake.createSession(userId), { fetch });
      }
      for (const [prefix, userId] of Object.entries(users)) {
        const mirror = await createMirror(database, { userId, prefix });
        await assertMirrors(mirror, fake.snapshot(userId), prefix);
      }
    },
  );
}

for (const [place, name] of PLACES) {
  workersTest(
    `an audit in workerd lists missing, extra and different rows (${name})`,
    async () => {
      await using workers = await startWorkers();
      const fake = libraryOf(200);
      const { fetch } = fake;
      const session = fake.createSession();
      const database = workers.databaseIn(place);
      const mirror = await createMirror(database, { userId: fake.user.id });
      await mirror.sync(session, { fetch });
      assert((await mirror.audit(session, { fetch })).ok);
      const [first, second] = fake.library.assets.map(({ id }) => id);
      await database.batch([
        "DELETE FROM assets WHERE id = ?",
        "UPDATE exif SET city = 'x' WHERE asset_id = ?",
        "INSERT INTO album_assets VALUES ('ghost', ?, 1)",
      ].map((sql, i) => ({ sql, params: [i === 0 ? first! : second!] })));
      const audit = await mirror.audit(session, { fetch });
      assertEquals(audit.missing, [{ table: "assets", key: { id: first! } }]);
      assertEquals(audit.different, [
        { table: "exif", key: { asset_id: second! }, columns: ["city"] },
      ]);
      assertEquals(audit.extra.map(({ table }) => table), ["album_assets"]);
    },
  );
}

workersTest(
  "a mirror in D1 matches the server after random changes and syncs",
  async () => {
    await using workers = await startWorkers();
    const options = { release: "3.1.0", numRuns: 30, seed: SEED };
    assertEquals(await workers.send("d1", "play", options), 30);
  },
);
