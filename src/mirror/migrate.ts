/**
 * Creates and migrates the tables of a mirror.
 *
 * @module
 */
import type { MirrorDatabase } from "./database.ts";
import { MirrorError } from "./error.ts";
import { type Migration, MIGRATIONS } from "./migrations.ts";
import { readState, setState } from "./state.ts";

/**
 * Migrates a mirror to the newest schema, one version per transaction.
 *
 * @throws {MirrorError} If its schema is newer, or it belongs to another user.
 */
export async function migrate(
  database: MirrorDatabase,
  userId: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const from = await schemaVersion(database);
  if (from > migrations.length) {
    throw new MirrorError(
      `Cannot open the mirror: its schema version is ${from}, but this library supports versions up to ${migrations.length}`,
      { code: "mirror_newer" },
    );
  }
  if (from > 0) await checkUser(database, userId);
  for (let version = from; version < migrations.length; version++) {
    const { statements, again = [] } = migrations[version]!;
    await database.batch([
      ...statements.map((sql) => ({ sql, params: [] })),
      setState("schema_version = ?", version + 1),
      ...again.map((type) =>
        setState("stale_types = json_insert(stale_types, '$[#]', ?)", type)
      ),
    ]);
  }
  if (from === 0) await checkUser(database, userId);
}

async function checkUser(
  database: MirrorDatabase,
  userId: string,
): Promise<void> {
  const state = await readState(database);
  if (state.userId === userId) return;
  throw new MirrorError(
    `Cannot open the mirror: it belongs to user ${state.userId}, not to user ${userId}`,
    { code: "mirror_foreign" },
  );
}

async function schemaVersion(database: MirrorDatabase): Promise<number> {
  const tables = await database.all(
    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '{mirror_state}'",
    [],
  );
  return tables.length === 0 ? 0 : (await readState(database)).schemaVersion;
}
