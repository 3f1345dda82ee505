/** Audits during which the library changes, and audits of outdated mirrors. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Fetch, SyncUserV1 } from "../../mod.ts";
import {
  createMirror,
  type MirrorAudit,
  type MirrorDatabase,
} from "../../src/mirror/mod.ts";
import type { FakeImmich, FakeLibrary } from "../../src/testing/mod.ts";
import { assertProperty } from "../support/property.ts";
import { test } from "../support/test.ts";
import {
  ACTION_NAMES,
  perform,
  type UserAction,
} from "../support/user_actions.ts";
import { NOTHING, openAudited, openFilled } from "./audit_fixture.ts";

const VERSIONS = [
  { major: 1, minor: 144, patch: 0 },
  { major: 2, minor: 7, patch: 5 },
  { major: 3, minor: 1, patch: 0 },
];

const actions: fc.Arbitrary<UserAction[]> = fc.array(
  fc.record({
    name: fc.constantFrom(...ACTION_NAMES),
    who: fc.nat(20),
    which: fc.nat(20),
    other: fc.nat(20),
  }),
  { maxLength: 12 },
);

/** Adds two users who share their assets with the first user. */
function addUsers({ library, user }: FakeImmich): string[] {
  const others = ["bob", "eve"].map((name) => {
    const { id } = library.addUser({ email: `${name}@immich.test` });
    library.as(id).addAsset();
    library.as(id).addPartner(user.id);
    return id;
  });
  return [user.id, ...others];
}

/**
 * Actions that take place after the given line of a stream. If `syncs` is set,
 * the actions take place before the stream and are followed by a sync of the
 * mirror.
 */
interface Moment {
  actions: UserAction[];
  afterLine: number;
  syncs: boolean;
}

const moments: fc.Arbitrary<Moment[]> = fc.array(
  fc.record({ actions, afterLine: fc.nat(40), syncs: fc.boolean() }),
  { minLength: 4, maxLength: 4 },
);

/** The index of the stream that contains the whole library. */
const WHOLE = 1;

/** A `fetch` that calls a function before each stream, with the stream's index. */
function beforeStreams(
  { fetch }: FakeImmich,
  work: (index: number) => unknown,
): Fetch {
  let index = 0;
  return async (url, init) => {
    if (url.endsWith("/sync/stream")) await work(index++);
    return await fetch(url, init);
  };
}

/** Asserts that an audit found nothing except pending differences. */
function assertOk({ pending: _, ...audit }: MirrorAudit): void {
  assertEquals({ ...audit, pending: 0 }, NOTHING);
}

test("an audit finds no fault no matter how the library changes meanwhile", async () => {
  await assertProperty(
    fc.asyncProperty(
      ...[fc.constantFrom(...VERSIONS), actions, actions, moments],
      async (version, before, unsynced, streams) => {
        const { server, sync, audit } = await openAudited({ version });
        const users = addUsers(server);
        const act = (steps: UserAction[]) => {
          for (const step of steps) perform(server, users, step);
        };
        act(before);
        await sync();
        await sync();
        act(unsynced);
        const fetch = beforeStreams(server, async (index) => {
          const moment = streams[index];
          if (moment === undefined) return;
          const { actions, afterLine, syncs } = moment;
          if (syncs) {
            act(actions);
            await sync();
          } else server.changeDuringStream({ afterLine }, () => act(actions));
        });
        assertOk(await audit({ fetch }));
        await sync();
        await sync();
        assertEquals(await audit(), NOTHING);
      },
    ),
    { numRuns: 100 },
  );
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
    for (let afterLine = 0; afterLine < 60; afterLine += 3) {
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
  for (let afterLine = 0; afterLine < 60; afterLine += 3) {
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
