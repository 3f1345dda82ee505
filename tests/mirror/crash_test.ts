/**
 * After a crash at any point, the next run reaches the same state as without a
 * crash.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { createMirror } from "../../src/mirror/mod.ts";
import { openMirror } from "../../src/mirror/create_mirror.ts";
import { testEnv } from "../support/env.ts";
import { test } from "../support/test.ts";
import { assertMirrors } from "./mirror_replica.ts";
import { failingAt, type Fixture, openFixture } from "./fixture.ts";

const OPTIONS = { batchSize: 2, ack: { every: 1 } };

/**
 * Fills a mirror, then removes rows from the server, some of which a full sync
 * must sweep.
 */
async function openFilled(): Promise<Fixture> {
  const all = await openFixture({ leaseMs: 1, now: () => ++time });
  const { server, sync } = all;
  const bob = server.library.addUser({ email: "bob@immich.test" });
  const library = server.library.as(bob.id);
  const assets = [1, 2, 3].map(() => library.addAsset().id);
  const album = library.addAlbum({}, assets);
  library.addPartner(server.user.id);
  library.shareAlbum(album.id, server.user.id);
  await sync(OPTIONS);
  library.removePartner(server.user.id);
  library.deleteAlbum(album.id);
  for (let i = 0; i < 3; i++) server.library.addAsset();
  return all;
}

let time = Date.UTC(2026, 0, 1);

/**
 * Syncs with a database that fails at the given statement. Returns whether the
 * run reached that statement.
 */
async function crash(
  { database, server, session }: Fixture,
  statement: number,
  options: object,
): Promise<boolean> {
  const userId = server.user.id;
  const env = testEnv({ now: () => ++time });
  const broken = await openMirror(
    failingAt(database, statement),
    { userId, leaseMs: 1 },
    env,
  ).catch(() => undefined);
  if (broken === undefined) return true;
  const { fetch } = server;
  return await broken.sync(session, { fetch, ...OPTIONS, ...options })
    .then(() => false, () => true);
}

for (const reset of [false, true]) {
  const what = reset ? "a run with a reset" : "a run";
  test(`a mirror killed at any statement of ${what} recovers in the next run`, async () => {
    let statement = 0;
    while (true) {
      const all = await openFilled();
      if (reset) all.server.requestReset(all.session);
      const crashed = await crash(all, statement, {});
      const mirror = await all.reopen({ now: () => ++time });
      await mirror.sync(all.session, { fetch: all.server.fetch, ...OPTIONS });
      await assertMirrors(mirror, all.server.snapshot());
      if (!crashed) break;
      statement++;
    }
    assert(statement > 40, `${statement} statements were tried`);
  });
}

test("a statement that fails rolls back the earlier statements of its batch", async () => {
  const { database, mirror, sync } = await openFixture();
  await sync();
  const before = await mirror.status();
  assertEquals(before.rows.users, 1);
  const wipe = { sql: "DELETE FROM users", params: [] };
  const broken = failingAt(database, 1);
  await assertRejects(async () => await broken.batch([wipe, wipe]));
  assertEquals(await mirror.status(), before);
});

test("mirror.sync() passes database errors through unchanged", async () => {
  const { server, session, database } = await openFixture();
  const failures = ["disk full", "still full"];
  let isBroken = false;
  const mirror = await createMirror({
    ...database,
    batch(statements) {
      isBroken ||= statements.some(({ sql }) => sql.includes("INTO users"));
      if (isBroken) throw new Error(failures.shift());
      return database.batch(statements);
    },
  }, { userId: server.user.id });
  await assertRejects(
    () => mirror.sync(session, { fetch: server.fetch }),
    Error,
    "disk full",
  );
});
