/** Mirrors of servers that are compatible with Immich but differ from it. */
import { assertEquals, assertRejects } from "@std/assert";
import { type Fetch, SyncError } from "../../mod.ts";
import { test } from "../support/test.ts";
import { type Fixture, openFixture } from "./fixture.ts";

/** Fills a library with rows of several types. */
function fill({ server: { library, user } }: Fixture, assets: number): void {
  const bob = library.addUser({ email: "bob@immich.test" });
  const other = library.as(bob.id);
  for (let i = 0; i < assets; i++) {
    const { id } = library.addAsset();
    library.addAlbum({}, [id, other.addAsset().id]);
  }
  other.addPartner(user.id);
}

test("a mirror of a server that sends snapshots removes deleted rows at each sync", async () => {
  const all = await openFixture({ compatible: { snapshots: true } });
  const { server: { library }, sync, assertMirrors } = all;
  fill(all, 3);
  await sync();
  await assertMirrors();
  const [first, second] = library.assets;
  library.deleteAsset(first!.id);
  library.deleteAlbum(library.albums[0]!.id);
  library.updateAsset(second!.id, { isFavorite: true });
  await sync();
  await assertMirrors();
});

test("an interrupted sync with a server that sends snapshots removes no rows", async () => {
  const all = await openFixture({ compatible: { snapshots: true } });
  const { server, sync, column, assertMirrors } = all;
  fill(all, 20);
  await sync();
  for (const clean of [true, false]) {
    server.inject({ type: "truncate", atByte: 5000, clean });
    const run = () => sync({ retry: { attempts: 1 }, batchSize: 5 });
    await assertRejects(run, SyncError);
    assertEquals((await column("SELECT id FROM assets")).length, 40);
  }
  await sync();
  await assertMirrors();
});

test("a mirror of a server that sends snapshots keeps rows of unrequested types", async () => {
  const all = await openFixture({ compatible: { snapshots: true } });
  const { sync, assertMirrors } = all;
  fill(all, 3);
  await sync();
  await sync({ types: ["AssetsV2", "UsersV1"] });
  await assertMirrors();
});

test("a snapshot of an emptied library empties the mirror", async () => {
  const all = await openFixture({ compatible: { snapshots: true } });
  const { server: { library }, sync, column } = all;
  const types = ["AssetsV2"] as const;
  library.addAsset();
  await sync({ types });
  library.deleteAsset(library.assets[0]!.id);
  await sync({ types });
  assertEquals(await column("SELECT id FROM assets"), []);
});

test("a stream without acks removes no rows from a mirror if other streams had acks", async () => {
  const { server, sync, column } = await openFixture();
  server.library.addAsset();
  await sync();
  server.library.updateUser({ name: "Ada" });
  server.inject({ type: "acks", as: "empty" });
  await sync();
  assertEquals((await column("SELECT id FROM assets")).length, 1);
  server.inject({ type: "acks", as: "empty" });
  await sync();
  assertEquals((await column("SELECT id FROM assets")).length, 1);
});

test("a mirror of a server that sends pages is complete after each sync", async () => {
  const all = await openFixture({ compatible: { pageRows: 100 } });
  const { server: { library }, sync, assertMirrors } = all;
  fill(all, 250);
  await sync();
  await assertMirrors();
  const [gone] = library.assets;
  library.deleteAsset(gone!.id);
  for (const { id } of library.assets) {
    library.updateAsset(id, { isFavorite: true });
  }
  await sync();
  await assertMirrors();
  await sync({ full: true });
  await assertMirrors();
});

test("an interrupted sync with a server that sends pages removes no rows", async () => {
  const all = await openFixture({ compatible: { pageRows: 100 } });
  const { server, sync, assertMirrors } = all;
  fill(all, 250);
  await sync();
  for (let i = 0; i < 5; i++) {
    server.inject({ type: "truncate", atByte: 40_000 });
    const full = i === 0;
    await assertRejects(
      () => sync({ full, retry: { attempts: 1 } }),
      SyncError,
    );
  }
  await sync();
  await assertMirrors();
});

test("a library is read to the end even if each page starts with a repeated row", async () => {
  const all = await openFixture({ compatible: { pageRows: 100 } });
  const { server: { library, user, fetch: serverFetch }, sync, column } = all;
  for (let i = 0; i < 650; i++) library.addAsset();
  const me = { type: "UserV1", data: user, ack: "" };
  const fetch: Fetch = async (url, init) => {
    const response = await serverFetch(url, init);
    if (!url.endsWith("/stream")) return response;
    const text = JSON.stringify(me) + "\n" + await response.text();
    return new Response(text, response);
  };
  await sync({ fetch, types: ["UsersV1", "AssetsV2"] });
  assertEquals((await column("SELECT id FROM assets")).length, 650);
});

test("a mirror misses no deletes sent last if acks wait for the stream's end", async () => {
  const all = await openFixture({ compatible: { deletesLast: true } });
  const { server, sync, assertMirrors } = all;
  const { library } = server;
  fill(all, 5);
  await sync();
  for (const { id } of library.assets.slice(2)) library.deleteAsset(id);
  for (let i = 0; i < 5; i++) library.addAsset();
  server.inject({ type: "truncate", atByte: 2500, clean: true });
  await sync({ ack: "complete", batchSize: 1, retry: { delayMs: 1 } });
  await assertMirrors();
});

test("a full sync fails if the server keeps sending resets", async () => {
  const { server, sync, column } = await openFixture();
  server.library.addAsset();
  await sync();
  server.inject({ type: "reset", times: 99 });
  const error = await assertRejects(() => sync({ full: true }));
  assertEquals((error as { code?: string }).code, "reset_loop");
  assertEquals((await column("SELECT id FROM assets")).length, 1);
  server.clearFaults();
});

test("acks with a final pipe or of an unknown type are sent back unchanged", async () => {
  const { server, sync, assertMirrors } = await openFixture();
  server.library.addAsset();
  server.inject(
    { type: "unknown", entityType: "AssetBootstrap" },
    { type: "acks", as: "piped" },
  );
  await sync();
  const acks = server.requests.filter(({ method, path }) =>
    method === "POST" && path.endsWith("/ack")
  ).flatMap(({ body }) => JSON.parse(body).acks as string[]);
  assertEquals(acks.some((ack) => /^AssetBootstrap\|\d+\|$/.test(ack)), true);
  assertEquals(acks.every((ack) => ack.split("|").length >= 2), true);
  await assertMirrors();
});
