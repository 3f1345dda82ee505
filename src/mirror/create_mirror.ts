/**
 * Opens a mirror.
 *
 * @module
 */
import { checkOptions, type Env, MAX_DELAY_MS, SYSTEM } from "../http/mod.ts";
import type { MirrorDatabase } from "./database.ts";
import { Mirror } from "./mirror.ts";
import type { MirrorOptions } from "./mirror_options.ts";
import { checkPrefix, withNames } from "./names.ts";
import { migrate } from "./migrate.ts";

/**
 * Opens a mirror in a database. Creates its tables, or migrates tables that
 * were created by an older version of this library.
 *
 * @throws {TypeError} If `userId` is missing or empty, `prefix` is not an
 * identifier, an option name is unknown, or the database has not been adapted.
 * @throws {RangeError} If `leaseMs` is out of range.
 * @throws {MirrorError} If the mirror belongs to another user, or was created
 * by a newer version of this library.
 *
 * @example Sync a library and query it
 * ```ts
 * import { createMirror, sqlite } from "@immich-edge/sync/mirror";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { DatabaseSync } from "node:sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * server.library.addAsset({ originalFileName: "beach.jpg" });
 * const session = server.createSession();
 *
 * const database = new DatabaseSync(":memory:");
 * const mirror = await createMirror(sqlite(database), { userId: server.user.id });
 * await mirror.sync(session, { fetch: server.fetch });
 *
 * const row = database.prepare("SELECT original_file_name FROM timeline").get();
 * assertEquals(row?.original_file_name, "beach.jpg");
 * assertEquals((await mirror.status()).rows.assets, 1);
 * ```
 */
export async function createMirror(
  database: MirrorDatabase,
  options: MirrorOptions,
): Promise<Mirror> {
  return await openMirror(database, options, SYSTEM);
}

/** Runs {@linkcode createMirror} with the given clock, random numbers and timers. */
export async function openMirror(
  database: MirrorDatabase,
  options: MirrorOptions,
  env: Env,
): Promise<Mirror> {
  checkOptions(
    "open the mirror",
    "options",
    options,
    ["userId", "prefix", "leaseMs"],
    "userId",
  );
  const { userId, prefix = "", leaseMs = 30_000 } = options;
  if (typeof userId !== "string" || userId === "") {
    throw new TypeError(
      `Cannot open the mirror: userId must be the id of a user, received ${
        JSON.stringify(userId)
      }`,
    );
  }
  checkPrefix(prefix);
  if (
    typeof database?.batch !== "function" || typeof database.all !== "function"
  ) {
    throw new TypeError(
      "Cannot open the mirror: the database must have the functions batch and all; adapt yours with sqlite, durableObject, d1 or libsql",
    );
  }
  if (
    typeof leaseMs !== "number" || !(leaseMs >= 1 && leaseMs <= MAX_DELAY_MS)
  ) {
    throw new RangeError(
      `Cannot open the mirror: leaseMs must be a number from 1 to ${MAX_DELAY_MS}, received ${leaseMs}`,
    );
  }
  const own = withNames(database, { prefix, userId });
  await migrate(own, userId);
  return new Mirror(own, database, { userId, leaseMs }, env);
}
