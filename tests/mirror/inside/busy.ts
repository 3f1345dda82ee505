/** Syncs a mirror in a database file that is locked by another process. */
import {
  createMirror,
  type MirrorDatabase,
  sqlite,
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

/** What an application does on its connection while a mirror syncs. */
export type Use = "transaction" | "iterator";

/** Uses a connection. Returns a function that ends the use. */
export function use(database: SqliteDatabase, use: Use): () => void {
  if (use === "transaction") {
    database.exec("BEGIN");
    return () => void database.exec("COMMIT");
  }
  const statement = database.prepare("VALUES (1), (2)") as unknown as {
    iterate(): Iterator<unknown>;
  };
  const rows = statement.iterate();
  rows.next();
  return () => void rows.return?.();
}

/** Syncs a mirror on a connection in use, which ends once a statement has failed. */
export async function syncInUse(
  database: SqliteDatabase,
  name: Use,
  busyTimeoutMs: number,
): Promise<string> {
  let end: (() => void) | undefined = use(database, name);
  const onBusy = () => {
    end?.();
    end = undefined;
  };
  return await syncOnce(sqlite(watched(database, onBusy), { busyTimeoutMs }));
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
