/** Syncs a mirror in a database file that is locked by another process. */
import {
  createMirror,
  type MirrorDatabase,
  type SqliteDatabase,
} from "../../../src/mirror/mod.ts";
import { FakeImmich } from "../../../src/testing/mod.ts";

/** Returns a database that calls a function when a statement fails. */
export function watched(
  database: SqliteDatabase,
  onBusy: () => void,
): SqliteDatabase {
  return {
    exec(sql) {
      try {
        return database.exec(sql);
      } catch (error) {
        onBusy();
        throw error;
      }
    },
    prepare: (sql) => database.prepare(sql),
  };
}

/** Syncs a mirror, and returns the outcome. */
export async function syncOnce(database: MirrorDatabase): Promise<string> {
  const server = new FakeImmich();
  for (let i = 0; i < 50; i++) server.library.addAsset();
  try {
    const mirror = await createMirror(database, { userId: server.user.id });
    const { fetch } = server;
    const session = server.createSession();
    const { complete } = await mirror.sync(session, { fetch });
    const { rows } = await mirror.status();
    return complete && rows.assets === 50 ? "synced" : "incomplete";
  } catch (error) {
    return String((error as { code?: string }).code ?? error);
  }
}
