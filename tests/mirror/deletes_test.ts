/** Each delete removes only the row that it names. */
import { assert, assertEquals } from "@std/assert";
import type { MirrorTable } from "../../src/mirror/mod.ts";
import { REMOVALS } from "../../src/mirror/removals.ts";
import type { FakeLibrary } from "../../src/testing/mod.ts";
import { test } from "../support/test.ts";
import { openFixture } from "./fixture.ts";

/** A kind of row. The test creates two such rows, and then deletes one. */
interface Case {
  table: MirrorTable;
  /** Creates a row, and returns a function that deletes it. */
  make(library: FakeLibrary, userId: string): () => void;
}

const CASES: Partial<Record<keyof typeof REMOVALS, Case>> = {
  UserDeleteV1: {
    table: "users",
    make(library) {
      const email = `${crypto.randomUUID()}@immich.test`;
      const { id } = library.addUser({ email });
      return () => library.deleteUser(id);
    },
  },
  PartnerDeleteV1: {
    table: "partners",
    make(library) {
      const email = `${crypto.randomUUID()}@immich.test`;
      const { id } = library.addUser({ email });
      library.addPartner(id);
      return () => library.removePartner(id);
    },
  },
  AssetDeleteV1: {
    table: "assets",
    make(library) {
      const { id } = library.addAsset();
      return () => library.deleteAsset(id);
    },
  },
  StackDeleteV1: {
    table: "stacks",
    make(library) {
      const ids = [1, 2].map(() => library.addAsset().id);
      const { id } = library.addStack(ids);
      return () => library.deleteStack(id);
    },
  },
  AlbumDeleteV1: {
    table: "albums",
    make(library) {
      const { id } = library.addAlbum();
      return () => library.deleteAlbum(id);
    },
  },
  AlbumUserDeleteV1: {
    table: "album_users",
    make(library) {
      const email = `${crypto.randomUUID()}@immich.test`;
      const { id } = library.addUser({ email });
      const album = library.addAlbum();
      library.shareAlbum(album.id, id);
      return () => library.unshareAlbum(album.id, id);
    },
  },
  AlbumToAssetDeleteV1: {
    table: "album_assets",
    make(library) {
      const { id } = library.addAsset();
      const album = library.addAlbum({}, [id]);
      return () => library.removeFromAlbum(album.id, [id]);
    },
  },
  AssetOcrDeleteV1: {
    table: "asset_ocr",
    make(library) {
      const { id } = library.addAsset();
      library.addOcr(id);
      return () => library.deleteOcr(id);
    },
  },
  MemoryDeleteV1: {
    table: "memories",
    make(library) {
      const { id } = library.addMemory();
      return () => library.deleteMemory(id);
    },
  },
  MemoryToAssetDeleteV1: {
    table: "memory_assets",
    make(library) {
      const { id } = library.addAsset();
      const memory = library.addMemory({}, [id]);
      return () => library.removeFromMemory(memory.id, [id]);
    },
  },
  PersonDeleteV1: {
    table: "people",
    make(library) {
      const { id } = library.addPerson();
      return () => library.deletePerson(id);
    },
  },
  AssetFaceDeleteV1: {
    table: "faces",
    make(library) {
      const { id } = library.addFace(library.addAsset().id);
      return () => library.deleteFace(id);
    },
  },
  AssetMetadataDeleteV1: {
    table: "asset_metadata",
    make(library) {
      const { id } = library.addAsset();
      library.setMetadata(id, "app", {});
      return () => library.deleteMetadata(id, "app");
    },
  },
  AssetEditDeleteV1: {
    table: "asset_edits",
    make(library) {
      const { id } = library.addAsset();
      library.editAsset(id, [{}]);
      return () => library.editAsset(id, []);
    },
  },
};

for (const [type, { table, make }] of Object.entries(CASES)) {
  test(`${type} removes one row from ${table}`, async () => {
    const { server, sync, mirror, assertMirrors } = await openFixture();
    const { library, user } = server;
    const deleteFirst = make(library, user.id);
    make(library, user.id);
    await sync();
    const before = (await mirror.status()).rows[table];
    deleteFirst();
    const { counts } = await sync();
    assert(counts[type]! > 0, "the server sent the delete");
    assertEquals((await mirror.status()).rows[table], before - 1);
    await assertMirrors();
  });
}

test("user settings deleted on the server are removed from the mirror", async () => {
  const { server, sync, column } = await openFixture();
  server.library.setSettings("preferences", {});
  server.library.setSettings("onboarding", {});
  await sync();
  server.library.deleteSettings("preferences");
  await sync();
  assertEquals(await column("SELECT key FROM user_metadata"), ["onboarding"]);
});

test("every delete type in the protocol has a test with a mirror", () => {
  const tried = [
    ...Object.keys(CASES),
    "UserMetadataDeleteV1",
    "PartnerAssetDeleteV1",
    "PartnerStackDeleteV1",
  ];
  assertEquals(tried.sort(), Object.keys(REMOVALS).sort());
});

test("assets and stacks deleted by a partner are removed from the mirror", async () => {
  const { server, sync, column, assertMirrors } = await openFixture();
  const bob = server.library.addUser({ email: "bob@immich.test" });
  const library = server.library.as(bob.id);
  const ids = [1, 2, 3].map(() => library.addAsset().id);
  const stack = library.addStack(ids.slice(0, 2));
  library.addPartner(server.user.id);
  await sync();
  library.deleteStack(stack.id);
  library.deleteAsset(ids[2]!);
  const { counts } = await sync();
  assertEquals([counts.PartnerStackDeleteV1, counts.PartnerAssetDeleteV1], [
    1,
    1,
  ]);
  assertEquals(await column("SELECT id FROM stacks"), []);
  assertEquals((await column("SELECT id FROM assets")).length, 2);
  await assertMirrors();
});

test("a former partner's EXIF data, edits, metadata and OCR are removed", async () => {
  const { server, sync, database, column } = await openFixture();
  const bob = server.library.addUser({ email: "bob@immich.test" });
  const library = server.library.as(bob.id);
  const { id } = library.addAsset();
  library.addPartner(server.user.id);
  await sync();
  const tables = ["exif", "asset_edits", "asset_metadata", "asset_ocr"];
  for (const table of tables) {
    const key = table === "exif"
      ? ""
      : table === "asset_metadata"
      ? '"key", '
      : "id, ";
    await database.batch([{
      sql: `INSERT OR REPLACE INTO ${table} (${key}asset_id, batch_number)
        VALUES (${key === "" ? "" : "'k', "}?, 1)`,
      params: [id],
    }]);
  }
  library.removePartner(server.user.id);
  await sync();
  for (const table of ["assets", ...tables]) {
    assertEquals(await column(`SELECT count(*) FROM ${table}`), [0], table);
  }
});
