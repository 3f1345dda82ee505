/** Runs the unmodified Bun example in Bun, against a fake server. */
import { assert, assertEquals } from "@std/assert";
import type { ServerVersion } from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { findBun, installPackage } from "../support/bun.ts";
import { type Child, start } from "../support/children.ts";
import { sessionIds } from "../support/kept.ts";
import { serve, type Served } from "../support/served.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";
import {
  assertHolds,
  assertSucceeds,
  countEvents,
  countRows,
} from "./mirror_file.ts";

const ASSETS = 3_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A library on a server, and a directory for the backup. */
interface Setup extends AsyncDisposable {
  fake: FakeImmich;
  server: Served;
  /** Users who share with the user whose library is backed up. */
  ada: string;
  bob: string;
  /** Advances the server's clock. */
  wait(ms: number): void;
  run(): Child;
  /** Path of the mirror's file. */
  file: string;
}

const bun = await findBun();

async function setUp(version?: ServerVersion): Promise<Setup> {
  let time = Date.UTC(2026, 0, 1);
  const now = () => time;
  const fake = new FakeImmich({ now, ...(version ? { version } : {}) });
  const { ada, bob } = fill(fake);
  const server = serve(fake);
  const directory = await Deno.makeTempDir();
  await installPackage(directory);
  const script = `${directory}/bun_backup.ts`;
  await Deno.copyFile(new URL("examples/bun_backup.ts", ROOT), script);
  const file = `${directory}/backups/mirror.db`;
  const args = [server.url, fake.user.email, `${directory}/backups`];
  const children: Child[] = [];
  return {
    fake,
    server,
    ada,
    bob,
    wait: (ms) => time += ms,
    file,

    run() {
      const env = { IMMICH_PASSWORD: "demo" };
      const child = start(bun, [script, ...args], { env });
      children.push(child);
      return child;
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) await child[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Adds rows of every kind. */
function fill({ library, user }: FakeImmich): { ada: string; bob: string } {
  const ids = Array.from({ length: ASSETS }, () => library.addAsset().id);
  const [first = "", second = "", third = ""] = ids;
  library.addAlbum({ name: "Own" }, [first, second]);
  library.addStack([second, third]);
  library.addMemory({}, [first, second]);
  const { id: personId } = library.addPerson({ name: "Grace" });
  library.addFace(first, { personId });
  library.addFace(second, { personId });
  library.addOcr(first, { text: "one" });
  library.addOcr(first, { text: "two" });
  library.addOcr(second, { text: "three" });
  library.editAsset(first, [{}]);
  library.editAsset(second, [{}]);
  library.setMetadata(first, "app", { note: 1 });
  library.setMetadata(second, "app", { note: 2 });
  library.setSettings("preferences", { memories: true });

  const { id: ada } = library.addUser({ email: "ada@immich.test" });
  const { id: bob } = library.addUser({ email: "bob@immich.test" });
  const ofAda = library.as(ada);
  ofAda.addStack([ofAda.addAsset().id, ofAda.addAsset().id]);
  ofAda.addPartner(user.id);
  const ofBob = library.as(bob);
  const shared = ofBob.addAlbum({ name: "Bob's" }, [ofBob.addAsset().id]);
  ofBob.shareAlbum(shared.id, user.id);
  return { ada, bob };
}

/** Asserts that the mirror and today's copy match the server. */
async function assertBackedUp({ file, fake }: Setup): Promise<void> {
  await assertHolds({ file, fake });
  const day = new Date().toISOString().slice(0, 10);
  await assertHolds({ file: file.replace("mirror", day), fake });
}

test("a backup stopped with Ctrl-C is resumed by the next run", async () => {
  await using all = await setUp();
  const { fake } = all;
  fake.inject({ type: "stall", atByte: 2_800_000 });
  const first = all.run();
  await first.writes("4020 rows");
  first.kill("SIGINT");
  const { code, stderr } = await first.outcome;
  assertEquals([code, stderr], [130, ""]);
  const stored = countEvents(all.file);

  fake.requests.length = 0;
  await assertSucceeds(all.run());
  await assertBackedUp(all);
  const total = countEvents(all.file);
  assert(stored > ASSETS && stored < total, `${stored} were stored`);
  const { requests } = fake;
  assert(requests.every(({ body }) => !body.includes('"reset":true')));
});

test("a second backup fetches changes, deletes and newly shared rows of every kind", async () => {
  await using all = await setUp();
  const { fake: { library, user }, server, ada, bob } = all;
  await assertSucceeds(all.run());
  await assertBackedUp(all);
  server.takeRows();

  const { people, memories } = all.fake.snapshot();
  const [first, second, third] = library.assets;
  library.updateAsset(third!.id, { isFavorite: true });
  library.deleteOcr(first!.id);
  library.addOcr(first!.id, { text: "four" });
  library.deleteMetadata(first!.id, "app");
  library.editAsset(first!.id, []);
  library.deleteSettings("preferences");
  for (const id of people.keys()) library.deletePerson(id);
  for (const id of memories.keys()) library.deleteMemory(id);
  library.deleteAsset(second!.id);
  library.deleteAlbum(library.albums[0]!.id);
  library.as(ada).removePartner(user.id);
  library.as(bob).addPartner(user.id);
  library.as(bob).unshareAlbum(library.as(bob).albums[0]!.id, user.id);
  await assertSucceeds(all.run());
  await assertBackedUp(all);
  const rows = server.takeRows();
  assert(rows < 100, `received ${rows} rows`);
});

test("a backup made from a 2.x server is complete", async () => {
  await using all = await setUp({ major: 2, minor: 7, patch: 5 });
  await assertSucceeds(all.run());
  await assertBackedUp(all);
});

test("a reset removes old rows only in the sweep, even if the backup is interrupted", async () => {
  await using all = await setUp();
  const { fake, server } = all;
  await assertSucceeds(all.run());
  const before = countRows(all.file, "assets");

  fake.library.deleteAsset(fake.library.assets.at(-1)!.id);
  all.wait(40 * DAY_MS);
  fake.forgetDeletes();
  fake.requestReset(server.session);
  let streams = 0;
  fake.inject({
    type: "stall",
    atByte: 1_500_000,
    on: ({ path }) => path === "/api/sync/stream" && ++streams === 2,
  });
  const interrupted = all.run();
  await interrupted.writes("2005 rows");
  assertEquals(countRows(all.file, "assets"), before);
  interrupted.kill("SIGINT");
  assertEquals((await interrupted.outcome).code, 130);
  assertEquals(countRows(all.file, "assets"), before);

  await assertSucceeds(all.run());
  await assertBackedUp(all);
});

test("a backup signs in again if its session has ended, and leaves no session behind", async () => {
  await using all = await setUp();
  const { fake, server } = all;
  await assertSucceeds(all.run());
  const { length } = await sessionIds(fake);
  fake.endSession(server.session);
  fake.library.deleteAsset(fake.library.assets[0]!.id);
  await assertSucceeds(all.run());
  assertEquals((await sessionIds(fake)).length, length);
  await assertBackedUp(all);
});
