/** Runs the Deno example in a separate process, against a fake server. */
import { assert, assertEquals } from "@std/assert";
import type { ServerVersion } from "../../mod.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { type Child, start } from "../support/children.ts";
import { sessionIds } from "../support/kept.ts";
import { ROOT } from "../support/sources.ts";
import { serve, type Served } from "../support/served.ts";
import { test } from "../support/test.ts";
import {
  assertHolds,
  assertSucceeds,
  countEvents,
  countRows,
  query,
} from "./mirror_file.ts";

const ASSETS = 1_500;
const ALBUM_SIZE = 10;
const BATCH = 1_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** A library on a server, and a file for its copy. */
interface Setup extends AsyncDisposable {
  fake: FakeImmich;
  server: Served;
  file: string;
  /** Advances the server's clock. */
  wait(ms: number): void;
  run(): Child;
}

function setUp(version?: ServerVersion): Setup {
  let time = Date.UTC(2026, 0, 1);
  const now = () => time;
  const fake = new FakeImmich({ now, ...(version ? { version } : {}) });
  const { library } = fake;
  const ids = Array.from({ length: ASSETS }, (_, i) => {
    return library.addAsset({ originalFileName: `IMG_${i}.JPG` }).id;
  });
  library.addAlbum({ name: "Summer" }, ids.slice(0, ALBUM_SIZE));
  library.addAlbum({ name: "Winter" }, ids.slice(-ALBUM_SIZE));
  const server = serve(fake);
  const directory = Deno.makeTempDirSync();
  const file = `${directory}/photos.db`;
  const args = [server.url, fake.user.email, file];
  const children: Child[] = [];
  return {
    fake,
    server,
    file,
    wait: (ms) => time += ms,
    run() {
      const child = start(Deno.execPath(), [
        ...["run", "--quiet", "--no-check", "-NRWE", "examples/deno_sqlite.ts"],
        ...args,
      ], { cwd: ROOT, env: { IMMICH_PASSWORD: "demo" } });
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

/** Asserts that no stream was requested from the beginning. */
function assertContinued({ requests }: FakeImmich): void {
  assert(requests.every(({ body }) => !body.includes('"reset":true')));
}

test("a run stopped with Ctrl-C is resumed by the next run", async () => {
  await using all = setUp();
  const { fake, file } = all;
  fake.inject({ type: "stall", atByte: 800_000 });
  const first = all.run();
  await first.writes("1,002 rows");
  first.kill("SIGINT");
  const { code, stderr } = await first.outcome;
  assertEquals([code, stderr], [130, ""]);
  const before = countEvents(file);
  assert(before >= BATCH && before < ASSETS, `${before} were stored`);
  assertEquals((Deno.statSync(file).mode ?? 0) & 0o777, 0o600);

  fake.requests.length = 0;
  await assertSucceeds(all.run());
  await assertHolds(all);
  assertContinued(fake);
});

test("a killed run is resumed by the next run", async () => {
  await using all = setUp();
  const { fake, file } = all;
  fake.inject({ type: "stall", atByte: 1_700_000 });
  const first = all.run();
  await first.writes("2,546 rows");
  first.kill("SIGKILL");
  await first.outcome;
  const before = countEvents(file);
  assert(before > ASSETS && before < 2 * ASSETS, `${before} were stored`);

  fake.requests.length = 0;
  await assertSucceeds(all.run());
  await assertHolds(all);
  assertContinued(fake);
});

test("a second run fetches only changes and deletes", async () => {
  await using all = setUp();
  const { fake: { library }, server, file } = all;
  await assertSucceeds(all.run());
  assertEquals(server.takeRows(), countEvents(file));

  const [summer, winter] = library.albums;
  const [changed, trashed, deleted, removed] = library.assets;
  const { id } = library.addAsset({ originalFileName: "new.jpg" });
  library.updateExif(id, { city: "Zürich" });
  library.addToAlbum(summer!.id, [id]);
  library.updateAsset(changed!.id, { isFavorite: true });
  library.trashAsset(trashed!.id);
  library.deleteAsset(deleted!.id);
  library.removeFromAlbum(summer!.id, [removed!.id]);
  library.deleteAlbum(winter!.id);
  await assertSucceeds(all.run());
  await assertHolds(all);
  const rows = server.takeRows();
  assert(rows < 20, `received ${rows} rows`);

  const found = query(
    file,
    `SELECT name, original_file_name FROM album_timeline
     JOIN exif ON asset_id = album_timeline.id
     JOIN albums ON albums.id = album_id WHERE city = 'Zürich'`,
  );
  assertEquals(found.map((row) => Object.values(row)), [
    ["Summer", "new.jpg"],
  ]);
  const trashedRows = query(
    file,
    "SELECT id FROM assets WHERE deleted_at IS NOT NULL",
  );
  assertEquals(trashedRows.map(({ id }) => id), [trashed!.id]);
});

test("a copy made from a 2.x server is complete", async () => {
  await using all = setUp({ major: 2, minor: 7, patch: 5 });
  await assertSucceeds(all.run());
  await assertHolds(all);
  all.fake.library.trashAsset(all.fake.library.assets[0]!.id);
  await assertSucceeds(all.run());
  await assertHolds(all);
});

test("a reset removes old rows only in the sweep, even if the run is interrupted", async () => {
  await using all = setUp();
  const { fake, server, file } = all;
  await assertSucceeds(all.run());

  const [deleted] = fake.library.assets;
  fake.library.deleteAsset(deleted!.id);
  all.wait(40 * DAY_MS);
  fake.forgetDeletes();
  fake.requestReset(server.session);
  let streams = 0;
  fake.inject({
    type: "stall",
    atByte: 800_000,
    on: ({ path }) => path === "/api/sync/stream" && ++streams === 2,
  });
  const interrupted = all.run();
  await interrupted.writes("1,002 rows");
  assertEquals(countRows(file, "assets"), ASSETS);
  interrupted.kill("SIGINT");
  assertEquals((await interrupted.outcome).code, 130);
  assertEquals(countRows(file, "assets"), ASSETS);

  await assertSucceeds(all.run());
  await assertHolds(all);
});

test("a run signs in again if its session has ended, and leaves no session behind", async () => {
  await using all = setUp();
  const { fake, server } = all;
  await assertSucceeds(all.run());
  const { length } = await sessionIds(fake);
  fake.endSession(server.session);
  await assertSucceeds(all.run());
  assertEquals((await sessionIds(fake)).length, length);

  const [deleted] = fake.library.assets;
  fake.library.deleteAsset(deleted!.id);
  await assertSucceeds(all.run());
  await assertHolds(all);
});
