/**
 * Creates and migrates the tables of a mirror.
 *
 * @module
 */
import type { MirrorDatabase } from "./database.ts";
import { MirrorError } from "./error.ts";
import { type Migration, MIGRATIONS } from "./migrations.ts";
import { checkNamesAreFree, checkOtherPrefixes } from "./names.ts";
import { type MirrorState, readState, setState } from "./state.ts";

/**
 * Migrates a mirror to the newest schema, one version per transaction.
 *
 * @throws {MirrorError} If the mirror's schema is newer, the mirror belongs to
 * another user, or a name that the mirror needs is taken.
 */
export async function migrate(
  database: MirrorDatabase,
  userId: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const state = await findState(database);
  const from = state?.schemaVersion ?? 0;
  if (from > migrations.length) {
    throw new MirrorError(
      `Cannot open the mirror: its schema version is ${from}, but this library supports versions up to ${migrations.length}`,
      { code: "mirror_newer" },
    );
  }
  if (state !== undefined) checkUser(state, userId);
  if (from === migrations.length) return;
  const own = namesIn(migrations.slice(0, from));
  const names = namesIn(migrations.slice(from));
  await checkNamesAreFree(
    database,
    names.filter((name) => !own.includes(name)),
  );
  if (from === 0) await checkOtherPrefixes(database, userId);
  for (let version = from; version < migrations.length; version++) {
    try {
      await migrateFrom(database, version, migrations[version]!);
    } catch (error) {
      // Another connection may have migrated the mirror, or created it, in the
      // meantime.
      const reached = await findState(database);
      if (reached === undefined || reached.schemaVersion <= version) {
        throw error;
      }
      checkUser(reached, userId);
    }
  }
}

async function migrateFrom(
  database: MirrorDatabase,
  version: number,
  { statements, again = [] }: Migration,
): Promise<void> {
  await database.batch([
    ...statements.map((sql) => ({ sql, params: [] })),
    setState("schema_version = ?", version + 1),
    ...again.map((type) =>
      setState("stale_types = json_insert(stale_types, '$[#]', ?)", type)
    ),
  ]);
}

/** Returns the names of everything that is created by migrations. */
function namesIn(migrations: readonly Migration[]): string[] {
  return migrations.flatMap(({ statements }) =>
    statements.flatMap((sql) => /^CREATE [^{]*\{(\w+)\}/.exec(sql)?.[1] ?? [])
  );
}

/** Reads the stored state; `undefined` if there is no mirror yet. */
async function findState(
  database: MirrorDatabase,
): Promise<MirrorState | undefined> {
  const tables = await database.all(
    "SELECT 1 FROM sqlite_master " +
      "WHERE type = 'table' AND name = '{mirror_state}' COLLATE NOCASE",
    [],
  );
  const state = tables.length > 0 ? await readState(database) : undefined;
  // If a table with this name has no version, it does not belong to a mirror.
  return state?.schemaVersion ? state : undefined;
}

function checkUser({ userId }: MirrorState, expected: string): void {
  if (userId === expected) return;
  throw new MirrorError(
    `Cannot open the mirror: it belongs to user ${userId}, not to user ${expected}; use another prefix or another database`,
    { code: "mirror_foreign" },
  );
}
