/** Audits of mirrors that are complete, damaged, or incomplete by design. */
import { assert, assertEquals } from "@std/assert";
import type { Fetch, ServerVersion, SyncRequestType } from "../../mod.ts";
import { textOf, transcript } from "../support/transcripts.ts";
import { test } from "../support/test.ts";
import {
  type AuditFixture,
  NOTHING,
  openAudited,
  openFilled,
} from "./audit_fixture.ts";

const VERSIONS: ServerVersion[] = [
  { major: 1, minor: 144, patch: 0 },
  { major: 2, minor: 5, patch: 6 },
  { major: 2, minor: 7, patch: 5 },
  { major: 3, minor: 0, patch: 3 },
  { major: 3, minor: 1, patch: 0 },
  { major: 3, minor: 2, patch: 1 },
  { major: 3, minor: 3, patch: 0 },
];

for (const version of VERSIONS) {
  for (const rowsAs of ["parameters", "json"] as const) {
    const name = Object.values(version).join(".");
    test(`an audit finds no fault with Immich ${name} (rows passed as ${rowsAs})`, async () => {
      const { mirror, audit } = await openFilled({ version, rowsAs });
      const { rows } = await mirror.status();
      assert(Object.values(rows).filter((count) => count > 0).length > 11);
      assertEquals(await audit(), NOTHING);
    });
  }
}

test("an audit finds no fault in a mirror of a recorded library", async () => {
  const name = "3.1.0/03-sync-admin/002-initial-all";
  const recording = textOf(await transcript(name));
  const { sync, audit } = await openAudited({ recording });
  await sync();
  assertEquals(await audit(), NOTHING);
});

/** Damages a mirror, and returns what an audit finds. */
function damageThree({ server, damage }: AuditFixture): unknown {
  const [asset, other] = server.library.assets.map(({ id }) => id);
  damage("DELETE FROM exif WHERE asset_id = ?", asset!);
  damage(
    "INSERT INTO assets (id, owner_id, batch_number) VALUES ('ghost', ?, 1)",
    server.user.id,
  );
  damage("UPDATE assets SET visibility = 'x' WHERE id = ?", other!);
  return {
    ...NOTHING,
    ok: false,
    missing: [{ table: "exif", key: { asset_id: asset } }],
    extra: [{ table: "assets", key: { id: "ghost" } }],
    different: [
      { table: "assets", key: { id: other }, columns: ["visibility"] },
    ],
  };
}

for (const rowsAs of ["parameters", "json"] as const) {
  test(`an audit lists missing, extra and different rows (rows passed as ${rowsAs})`, async () => {
    const all = await openFilled({ rowsAs });
    const found = damageThree(all);
    assertEquals<unknown>(await all.audit(), found);
    await all.sync();
    assertEquals<unknown>(await all.audit(), found);
    await all.sync({ full: true });
    assertEquals(await all.audit(), NOTHING);
  });
}

test("an audit names the complete key of a row and each column that differs", async () => {
  const { server, damage, audit } = await openFilled();
  const album = server.library.albums[0]!.id;
  const asset = server.library.assets[0]!.id;
  damage(`UPDATE albums SET "order" = NULL, name = '' WHERE id = ?`, album);
  damage("UPDATE album_assets SET asset_id = 'x' WHERE album_id = ?", album);
  damage("UPDATE user_metadata SET value = '{}'");
  damage("UPDATE exif SET latitude = 48.1371541 WHERE asset_id = ?", asset);
  const { missing, extra, different } = await audit();
  const toContents = (id: string) => {
    const key = { album_id: album, asset_id: id };
    return { table: "album_assets" as const, key };
  };
  assertEquals(missing, [toContents(asset)]);
  assertEquals(extra, [toContents("x")]);
  assertEquals(
    Object.fromEntries(different.map(({ table, ...row }) => [table, row])),
    {
      albums: { key: { id: album }, columns: ["name", "order"] },
      exif: { key: { asset_id: asset }, columns: ["latitude"] },
      user_metadata: {
        key: { user_id: server.user.id, key: "preferences" },
        columns: ["value"],
      },
    },
  );
});

test("an audit reports a late-committed row as missing", async () => {
  const { server, sync, audit } = await openFilled();
  let id = "";
  const commit = server.commitLater(() => {
    id = server.library.addPerson().id;
  });
  server.library.addPerson();
  await sync();
  commit();
  await sync();
  const found = { ...NOTHING, ok: false };
  const missing = [{ table: "people" as const, key: { id } }];
  assertEquals(await audit(), { ...found, missing });
});

test("an audit counts differences beyond its limit without listing them", async () => {
  const { server, damage, sync, audit } = await openFilled();
  for (let i = 0; i < 10; i++) server.library.addPerson();
  await sync();
  damage("DELETE FROM people");
  damage("UPDATE users SET name = 'x'");
  const { ok, missing, different, unlisted } = await audit({ limit: 4 });
  assertEquals([ok, missing.length, different.length, unlisted], [
    false,
    4,
    3,
    7,
  ]);
});

test("an audit of a mirror with a prefix reads only tables with that prefix", async () => {
  const { damage, audit } = await openFilled({ prefix: "immich_" });
  damage("CREATE TABLE stacks (id TEXT)");
  assertEquals(await audit(), NOTHING);
  damage("DELETE FROM immich_stacks");
  assertEquals((await audit()).missing.length, 2);
});

test("an audit of only some request types ignores rows of all other types", async () => {
  const { sync, audit } = await openFilled();
  const types: SyncRequestType[] = ["AssetsV2", "AlbumUsersV1"];
  await sync({ types });
  assertEquals(await audit({ types }), NOTHING);
  assertEquals(await audit(), NOTHING);
});

const NARROWED: SyncRequestType[][] = [
  ["AssetsV2"],
  ["AssetsV2", "AlbumAssetsV2"],
  ["AlbumAssetExifsV1"],
  ["PartnerAssetsV2", "PartnerStacksV1"],
  ["AlbumToAssetsV1", "AssetFacesV2"],
];

for (const types of NARROWED) {
  test(`an audit finds no fault in a mirror that syncs only ${types.join(" and ")}`, async () => {
    const { audit } = await openFilled({}, types);
    assertEquals(await audit(), NOTHING);
  });
}

test("an audit finds no fault in rows of an older request type", async () => {
  const version = { major: 2, minor: 7, patch: 5 };
  const { server, sync, audit } = await openAudited({ version });
  const { library } = server;
  library.addFace(library.addAsset().id, { isVisible: false });
  // In this version, faces have no field that says whether they are visible.
  const types: SyncRequestType[] = ["AssetFacesV1"];
  await sync({ types });
  assertEquals(await audit({ types }), NOTHING);
  // A sync with the default types fetches the faces again, in the newer
  // version.
  assertEquals(await audit(), { ...NOTHING, pending: 1 });
});

test("an audit does not report rows kept until the mirror syncs more types", async () => {
  const types: SyncRequestType[] = ["AlbumAssetsV2", "AlbumsV2"];
  const { server, sync, audit } = await openFilled({}, types);
  const eve = server.library.as(server.library.addUser({ email: "x@y.z" }).id);
  const album = eve.addAlbum({}, [eve.addAsset().id]);
  eve.shareAlbum(album.id, server.user.id);
  await sync({ types });
  eve.deleteAlbum(album.id);
  // The mirror keeps the album's asset, because it does not sync album
  // contents.
  await sync({ types });
  const audited = await audit();
  assert(audited.ok);
  assertEquals(audited.pending, 1);
});

test("an audit finds no fault in rows that will be refetched after a migration", async () => {
  const { damage, sync, audit } = await openFilled();
  damage("UPDATE memories SET seen_at = 'lost'");
  damage(`UPDATE mirror_state SET stale_types = '["MemoryV1"]'`);
  assertEquals(await audit(), { ...NOTHING, pending: 1 });
  await sync();
  assertEquals(await audit(), NOTHING);
});

for (const batchSize of [1, 1000]) {
  test(`an audit compares only the last copy of a repeated row (batches of ${batchSize})`, async () => {
    const { server, audit } = await openFilled();
    const fetch: Fetch = async (url, init) => {
      const response = await server.fetch(url, init);
      if (!url.endsWith("/sync/stream")) return response;
      const lines = (await response.text()).split("\n").flatMap((line) => {
        if (!line.includes('"type":"PersonV1"')) return [line];
        return [line.replace('"name":"', '"name":"Old '), line];
      });
      return new Response(lines.join("\n"));
    };
    assertEquals(await audit({ fetch, batchSize }), NOTHING);
  });
}

test("an audit ignores events of unknown types, even of one named constructor", async () => {
  for (const entityType of ["ForkV1", "ForkDeleteV1", "constructor"]) {
    const { server, audit } = await openFilled();
    server.inject({ type: "unknown", entityType, times: 3 });
    assertEquals(await audit(), NOTHING);
  }
});

for (const rowsAs of ["parameters", "json"] as const) {
  test(`an audit finds no fault in unusual values (rows passed as ${rowsAs})`, async () => {
    const all = await openFilled({ rowsAs });
    const { server } = all;
    const odd: Record<string, unknown>[] = [
      { isHidden: 1, isFavorite: 0 },
      { name: "a\0b\ud800" },
      { name: { first: "Ada" } },
      { name: "x".repeat(3_000_000) },
      { birthDate: 1e300, color: false },
      { id: null },
      { isHidden: { no: "boolean" } },
    ];
    for (const _ of odd) server.library.addPerson();
    const fetch: Fetch = async (url, init) => {
      const response = await server.fetch(url, init);
      if (!url.endsWith("/sync/stream")) return response;
      let count = 0;
      const lines = (await response.text()).split("\n").map((line) => {
        if (!line.includes('"type":"PersonV1"')) return line;
        const event = JSON.parse(line);
        Object.assign(event.data, odd[count++ % odd.length]);
        return JSON.stringify(event);
      });
      return new Response(lines.join("\n"));
    };
    await all.sync({ fetch, full: true });
    assertEquals(await all.audit({ fetch }), NOTHING);
  });
}
