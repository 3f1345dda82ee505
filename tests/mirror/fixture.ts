/** A fake server, and an in-memory mirror of it. */
import { DatabaseSync } from "node:sqlite";
import type { Session } from "../../mod.ts";
import { SYSTEM } from "../../src/http/mod.ts";
import {
  type Mirror,
  type MirrorDatabase,
  type MirrorSyncOptions,
  sqlite,
} from "../../src/mirror/mod.ts";
import { openMirror } from "../../src/mirror/create_mirror.ts";
import { FakeImmich, type FakeImmichOptions } from "../../src/testing/mod.ts";
import { assertMirrors } from "./mirror_replica.ts";

/** A clock, and options for a mirror. */
export interface FixtureOptions {
  userId?: string;
  prefix?: string;
  now?: () => number;
  leaseMs?: number;
}

/** A server, and a mirror of it. */
export interface Fixture {
  server: FakeImmich;
  session: Session;
  database: MirrorDatabase;
  mirror: Mirror;
  /** Runs a sync. */
  sync(options?: MirrorSyncOptions): ReturnType<Mirror["sync"]>;
  /** Opens another mirror on the same database. */
  reopen(options?: FixtureOptions): Promise<Mirror>;
  /** Returns the first column of a query's result. */
  column(sql: string): Promise<unknown[]>;
  /** Compares the mirror with the server, row by row. */
  assertMirrors(): Promise<void>;
}

/** Creates the server and the mirror. */
export async function openFixture(
  init: FakeImmichOptions & FixtureOptions = {},
): Promise<Fixture> {
  const server = new FakeImmich(init);
  const session = server.createSession();
  const database = sqlite(new DatabaseSync(":memory:"));
  const reopen: Fixture["reopen"] = (options) => {
    const {
      userId = server.user.id,
      prefix = "",
      leaseMs = 30_000,
      now = Date.now,
    } = { ...init, ...options };
    return openMirror(database, { userId, prefix, leaseMs }, {
      ...SYSTEM,
      now,
    });
  };
  const mirror = await reopen();
  return {
    server,
    session,
    database,
    mirror,
    reopen,
    sync: (options = {}) =>
      mirror.sync(session, { fetch: server.fetch, ...options }),
    async column(sql) {
      return (await database.all(sql, [])).map((row) => Object.values(row)[0]);
    },
    assertMirrors: () => assertMirrors(mirror, server.snapshot()),
  };
}

/**
 * Returns a database in which the given statement and all later ones fail, as
 * in a crash.
 */
export function failingAt(
  database: MirrorDatabase,
  statement: number,
): MirrorDatabase {
  let remaining = statement;
  return {
    ...database,
    batch(statements) {
      remaining -= statements.length;
      if (remaining >= 0) return database.batch(statements);
      const broken = { sql: "SELECT broken", params: [] };
      const complete = Math.max(0, statements.length + remaining);
      return database.batch([...statements.slice(0, complete), broken]);
    },
  };
}
