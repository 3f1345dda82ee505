/** A mirror to audit, and a library with rows in every table. */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { request, type Session, type SyncRequestType } from "../../mod.ts";
import { openMirror } from "../../src/mirror/create_mirror.ts";
import {
  type Mirror,
  type MirrorAudit,
  type MirrorAuditOptions,
  type MirrorDatabase,
  type MirrorSyncOptions,
  sqlite,
} from "../../src/mirror/mod.ts";
import { FakeImmich, type FakeImmichOptions } from "../../src/testing/mod.ts";
import { testEnv } from "../support/env.ts";

/** A server, a mirror of the server, and audits of the mirror. */
export interface AuditFixture {
  server: FakeImmich;
  session: Session;
  mirror: Mirror;
  database: MirrorDatabase;
  /** Runs a sync. */
  sync(options?: MirrorSyncOptions): Promise<unknown>;
  /** Runs an audit, and asserts that it leaves no session behind. */
  audit(options?: MirrorAuditOptions): Promise<MirrorAudit>;
  /** Changes rows directly in the database. */
  damage(sql: string, ...params: string[]): void;
}

/** Options for the server and the mirror. */
export interface AuditFixtureInit extends FakeImmichOptions {
  rowsAs?: "parameters" | "json";
  prefix?: string;
}

/** The result of an audit that finds no differences. */
export const NOTHING: MirrorAudit = {
  ok: true,
  missing: [],
  extra: [],
  different: [],
  unlisted: 0,
  pending: 0,
};

/** Opens a mirror of an empty library. */
export async function openAudited(
  { rowsAs = "parameters", prefix = "", ...init }: AuditFixtureInit = {},
): Promise<AuditFixture> {
  const server = new FakeImmich(init);
  const { fetch, user } = server;
  const session = server.createSession();
  const sqlDatabase = new DatabaseSync(":memory:");
  const database: MirrorDatabase = { ...sqlite(sqlDatabase), rowsAs };
  const options = { userId: user.id, prefix };
  const mirror = await openMirror(database, options, testEnv());
  return {
    server,
    session,
    database,
    mirror,
    sync: (options) => mirror.sync(session, { fetch, ...options }),
    async audit(options) {
      const sessions = await countSessions(server);
      try {
        return await mirror.audit(session, { fetch, ...options });
      } finally {
        assertEquals(await countSessions(server), sessions);
      }
    },
    damage: (sql, ...params) => void sqlDatabase.prepare(sql).run(...params),
  };
}

/**
 * Returns how many sessions the server's user has, excluding the one created to
 * count them.
 */
export async function countSessions(server: FakeImmich): Promise<number> {
  const session = server.createSession();
  const response = await request(session, "/sessions", { fetch: server.fetch });
  const sessions = await response.json();
  server.endSession(session);
  return sessions.length - 1;
}

/** Opens a mirror of a library with rows in every table, and syncs it. */
export async function openFilled(
  init?: AuditFixtureInit,
  types?: readonly SyncRequestType[],
): Promise<AuditFixture> {
  const all = await openAudited(init);
  fill(all.server);
  await all.sync(types === undefined ? {} : { types });
  return all;
}

function fill({ library, user }: FakeImmich): void {
  const [bob, eve] = ["bob", "eve"].map((name) =>
    library.as(library.addUser({ email: `${name}@immich.test` }).id)
  );
  const shared = bob!.addAsset();
  bob!.addStack([shared.id, bob!.addAsset().id]);
  bob!.addPartner(user.id);
  const album = eve!.addAlbum({}, [eve!.addAsset().id, shared.id]);
  eve!.shareAlbum(album.id, user.id);
  const { id } = library.addAsset({ duration: 1500 });
  library.updateExif(id, { latitude: 48.137154, longitude: 0.1 + 0.2 });
  library.addAlbum({ name: "O'Hara ☀" }, [id]);
  library.addFace(id, { personId: library.addPerson().id });
  library.addMemory({}, [id]);
  library.addOcr(id);
  library.editAsset(id, [{}]);
  library.setMetadata(id, "app", { nested: [1, null, true] });
  library.setSettings("preferences", { theme: "dark" });
  library.addStack([id, library.addAsset().id]);
}
