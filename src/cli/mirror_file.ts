/**
 * Opens the mirror in a SQLite file.
 *
 * @module
 */
import {
  createMirror,
  type Mirror,
  type MirrorDatabase,
  sqlite,
} from "../mirror/mod.ts";
import { UsageError } from "./errors.ts";
import type { SqliteFile } from "./sqlite_driver.ts";
import { openSqliteFile, type SqliteFileOptions } from "./sqlite_file.ts";

/**
 * How long a crashed run blocks the next one. A run renews its lease with each
 * transaction.
 */
const LEASE_MS = 10_000;

/** An open mirror. */
export interface MirrorFile {
  /** The mirror. */
  mirror: Mirror;
  /** The database of the mirror. */
  database: MirrorDatabase;
  /** Closes the file. */
  close(): void;
}

/**
 * Opens the mirror in a file.
 *
 * @param userId The user of a new mirror; without it, the file must already
 * contain a mirror.
 *
 * @throws {UsageError} If there cannot be a mirror at the path.
 * @throws {MirrorError} If the mirror belongs to another user.
 */
export async function openMirrorFile(
  path: string,
  options: SqliteFileOptions,
  userId?: string,
): Promise<MirrorFile> {
  const file = openSqliteFile(path, options);
  try {
    const database = sqlite(file);
    const mirror = await createMirror(database, {
      userId: userId ?? readUserId(path, file),
      leaseMs: LEASE_MS,
    });
    return { mirror, database, close: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Returns the user of the mirror in a file. */
function readUserId(path: string, file: SqliteFile): string {
  const [table] = file.prepare(
    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'mirror_state'",
  ).all();
  const [row] = table === undefined
    ? []
    : file.prepare("SELECT user_id AS userId FROM mirror_state").all();
  const { userId } = (row ?? {}) as { userId?: unknown };
  if (typeof userId === "string" && userId !== "") return userId;
  throw new UsageError(
    `"${path}" does not contain a mirror yet; run "immich-sync mirror" first`,
  );
}
