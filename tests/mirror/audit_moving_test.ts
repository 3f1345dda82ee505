/** Audits during which the library changes, and audits of outdated mirrors. */
import { assert, assertEquals } from "@std/assert";
import type { SyncUserV1 } from "../../mod.ts";
import { createMirror, type MirrorDatabase } from "../../src/mirror/mod.ts";
import type { FakeImmich, FakeLibrary } from "../../src/testing/mod.ts";
import { test } from "../support/test.ts";
import { NOTHING, openFilled } from "./audit_fixture.ts";
import {
  assertAuditsFindNoFault,
  assertOk,
  beforeStreams,
} from "./audited_changes.ts";

/** The index of the stream that contains the whole library. */
const WHOLE = 1;

/** The number of lines in that stream. */
const LINES = 40;

test("an audit finds no fault no matter how the library changes meanwhile", async () => {
  await assertAuditsFindNoFault(15);
});

/** Returns another user's id and library. */
function libraryOf(
  server: FakeImmich,
  name: string,
): { id: string; library: FakeLibrary } {
  const users = [...server.snapshot().users.values()] as SyncUserV1[];
  const { id } = users.find(({ email }) => email.startsWith(name))!;
  return { id, library: server.library.as(id) };
}

/** Changes that also remove rows not named in any delete. */
const CHANGES: Record<string, (server: FakeImmich) => void> = {
  "a partner stops sharing": (server) =>
    libraryOf(server, "bob").library.removePartner(server.user.id),
  "a partner is deleted": (server) =>
    server.library.deleteUser(libraryOf(server, "bob").id),
  "an album is unshared": (server) => {
    const { library } = libraryOf(server, "eve");
    library.unshareAlbum(library.albums[0]!.id, server.user.id);
  },
  "an album is deleted": (server) => {
    const { library } = libraryOf(server, "eve");
    library.deleteAlbum(library.albums[0]!.id);
  },
  "an asset is deleted": ({ library }) =>
    library.deleteAsset(library.assets[0]!.id),
  "a user starts sharing": ({ library, user }) => {
    const { id } = library.addUser({ email: "ann@immich.test" });
    library.as(id).addAsset();
    library.as(id).addPartner(user.id);
  },
};

for (const [name, change] of Object.entries(CHANGES)) {
  test(`an audit reports only damaged rows if ${name} after the last sync`, async () => {
    const { server, damage, sync, audit } = await openFilled();
    const own = server.library.addAsset().id;
    await sync();
    change(server);
    damage("DELETE FROM assets WHERE id = ?", own);
    damage("INSERT INTO memories (id, batch_number) VALUES ('ghost', 1)");
    damage("UPDATE people SET name = 'x'");
    const { missing, extra, different, unlisted } = await audit({ limit: 1 });
    assertEquals(missing, [{ table: "assets", key: { id: own } }]);
    assertEquals(extra, [{ table: "memories", key: { id: "ghost" } }]);
    assertEquals(different.map(({ columns }) => columns), [["name"]]);
    assertEquals(unlisted, 0);
  });

  test(`an audit finds no fault if ${name} after the last sync`, async () => {
    const { server, sync, audit } = await openFilled();
    change(server);
    const audited = await audit();
    assertOk(audited);
    assert(audited.pending > 1);
    await sync();
    assertEquals(await audit(), NOTHING);
  });

  test(`an audit finds no fault if ${name} while the audit's stream is being read`, async () => {
    for (let afterLine = 0; afterLine < LINES; afterLine += 4) {
      const { server, audit } = await openFilled();
      const fetch = beforeStreams(server, (index) => {
        if (index !== WHOLE) return;
        server.changeDuringStream({ afterLine }, () => change(server));
      });
      assertOk(await audit({ fetch }));
    }
  });

  test(`an audit finds no fault if ${name} and another run syncs during the audit`, async () => {
    const { server, sync, audit } = await openFilled();
    const fetch = beforeStreams(server, async (index) => {
      if (index !== WHOLE + 1) return;
      change(server);
      await sync();
    });
    assertOk(await audit({ fetch }));
  });
}

/**
 * Changes whose deletes contain the id of a damaged asset but remove only other
 * rows.
 */
const REMOVALS: Record<
  string,
  (library: FakeLibrary, asset: string, album: string) => void
> = {
  "leaves an album": (library, asset, album) =>
    library.removeFromAlbum(album, [asset]),
  "loses a metadata entry": (library, asset) =>
    library.deleteMetadata(asset, "app"),
  "loses its OCR text": (library, asset) => library.deleteOcr(asset),
};

for (const [name, change] of Object.entries(REMOVALS)) {
  test(`an audit finds the damage to an asset that ${name} during the audit`, async () => {
    const { server: { library }, damage, sync, audit } = await openFilled();
    const [asset, other] = [1, 2].map(() => {
      const { id } = library.addAsset();
      library.setMetadata(id, "app", {});
      library.addOcr(id);
      return id;
    });
    const album = library.addAlbum({}, [asset!]);
    await sync();
    change(library, asset!, album.id);
    damage("UPDATE assets SET original_file_name = 'x' WHERE id = ?", asset!);
    damage("UPDATE asset_metadata SET value = 'x' WHERE asset_id = ?", other!);
    const { different } = await audit();
    assertEquals(different.map(({ table }) => table), [
      "assets",
      "asset_metadata",
    ]);
    await sync();
    assertEquals((await audit()).different, different);
  });
}

test("an audit finds no fault if a partner share begins and ends during the audit", async () => {
  for (let afterLine = 0; afterLine < LINES; afterLine += 4) {
    const { server, audit } = await openFilled();
    const { user, library } = server;
    const fetch = beforeStreams(server, (index) => {
      if (index !== WHOLE) return;
      const { id } = library.addUser({ email: "ann@immich.test" });
      const ann = library.as(id);
      ann.addAsset();
      ann.addPartner(user.id);
      server.changeDuringStream({ afterLine }, () => {
        ann.removePartner(user.id);
      });
    });
    assertOk(await audit({ fetch }));
  }
});

test("an audit finds no fault in a row that changes during two of the audit's streams", async () => {
  const { server, audit } = await openFilled();
  const { id } = server.library.albums[0]!;
  const fetch = beforeStreams(server, (index) => {
    if (index !== WHOLE && index !== WHOLE + 1) return;
    server.changeDuringStream({ before: "AlbumsV2" }, () => {
      server.library.updateAlbum(id, { name: `${index}` });
    });
  });
  assertOk(await audit({ fetch }));
});

test("an audit finds no fault in rows stored by another run during the audit", async () => {
  const { server, session, database, sync } = await openFilled();
  let isFirst = true;
  const scanned: MirrorDatabase = {
    ...database,
    async all(sql, params) {
      if (sql.includes("ORDER BY") && isFirst) {
        isFirst = false;
        server.library.addAlbum({}, [server.library.addAsset().id]);
        await sync();
      }
      return await database.all(sql, params);
    },
  };
  const mirror = await createMirror(scanned, { userId: server.user.id });
  const audited = await mirror.audit(session, { fetch: server.fetch });
  assertOk(audited);
  assert(audited.pending > 1);
});

test("an audit does not report rows repaired by another run during the audit", async () => {
  const { server, damage, sync, audit } = await openFilled();
  damage("DELETE FROM memories");
  damage("UPDATE people SET name = 'x'");
  damage("INSERT INTO assets (id, batch_number) VALUES ('ghost', 1)");
  const fetch = beforeStreams(server, async (index) => {
    if (index === WHOLE + 2) await sync({ full: true });
  });
  assertOk(await audit({ fetch }));
});

test("an audit does not report rows that will be repaired by a resumed full sync", async () => {
  const { server, damage, sync, audit } = await openFilled();
  damage("DELETE FROM memories");
  damage("INSERT INTO memories (id, batch_number) VALUES ('ghost', 1)");
  server.inject({ type: "truncate", atByte: 3000 });
  await sync({ full: true, retry: { attempts: 1 } }).catch(() => {});
  assertEquals((await audit()).pending, 2);
  await sync();
  assertEquals(await audit(), NOTHING);
});
