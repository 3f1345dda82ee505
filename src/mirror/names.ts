/**
 * The names of a mirror's tables in a database.
 *
 * SQL in this folder is written with placeholders: `{assets}` stands for the
 * prefixed name of the `assets` table, and `{me}` for the mirror's user id as an
 * SQL literal. Views and indexes have placeholders too.
 *
 * @module
 */
import { pickDefined } from "../http/mod.ts";
import type { MirrorDatabase } from "./database.ts";
import { MirrorError } from "./error.ts";

/** A name that needs no quotes. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,31}$/;

/** SQLite reserves the first prefix, Cloudflare the second. */
const RESERVED = /^(sqlite|_cf)_/i;

/**
 * Checks a prefix.
 *
 * @throws {TypeError} If names with this prefix would need quotes or are reserved.
 */
export function checkPrefix(prefix: unknown): asserts prefix is string {
  if (prefix === "") return;
  if (typeof prefix !== "string" || !IDENTIFIER.test(prefix)) {
    throw new TypeError(
      `Cannot open the mirror: prefix must consist of at most 32 ASCII letters, digits and underscores and not begin with a digit, received ${
        JSON.stringify(prefix)
      }`,
    );
  }
  if (RESERVED.test(prefix)) {
    throw new TypeError(
      `Cannot open the mirror: prefix is "${prefix}", but SQLite reserves names that begin with "sqlite_", and Cloudflare those that begin with "_cf_"`,
    );
  }
}

/** Returns a database that replaces the placeholders in each statement. */
export function withNames(
  database: MirrorDatabase,
  { prefix = "", userId }: { prefix?: string; userId: string },
): MirrorDatabase {
  const me = `'${userId.replaceAll("'", "''")}'`;
  const cache = new Map<string, string>();
  function replace(template: string): string {
    let sql = cache.get(template);
    if (sql === undefined) {
      // Replaces all in one pass, because the user's id may look like a
      // placeholder.
      sql = template.replace(
        /\{(\w+)\}/g,
        (_, name) => name === "me" ? me : prefix + name,
      );
      cache.set(template, sql);
    }
    return sql;
  }
  return {
    ...pickDefined(database, ["rowsAs", "maxRowBytes"]),
    batch: (statements) =>
      database.batch(
        statements.map(({ sql, params }) => ({ sql: replace(sql), params })),
      ),
    all: (sql, params) => database.all(replace(sql), params),
  };
}

/**
 * Checks that the names of new tables, indexes and views are free.
 *
 * @param names The unprefixed names.
 * @throws {MirrorError} If one of these names is taken.
 */
export async function checkNamesAreFree(
  database: MirrorDatabase,
  names: readonly string[],
): Promise<void> {
  const list = names.map((name) => `'{${name}}'`).join(", ");
  const [taken] = await database.all(
    `SELECT type, name FROM (
      SELECT type, name FROM sqlite_master
      UNION ALL SELECT type, name FROM sqlite_temp_master
    ) WHERE name COLLATE NOCASE IN (${list}) LIMIT 1`,
    [],
  );
  if (taken === undefined) return;
  throw new MirrorError(
    `Cannot open the mirror: the database already has a ${taken.type} "${taken.name}" that does not belong to the mirror; use another prefix or another database`,
    { code: "mirror_foreign" },
  );
}

/**
 * Checks that a database has no mirror of this user under another prefix, because
 * that mirror would be a second copy of the same library.
 *
 * @throws {MirrorError} If the database has such a mirror.
 */
export async function checkOtherPrefixes(
  database: MirrorDatabase,
  userId: string,
): Promise<void> {
  const tables = await database.all(
    "SELECT name FROM sqlite_master WHERE type = 'table' " +
      "AND substr(name, -12) = 'mirror_state' COLLATE NOCASE",
    [],
  );
  for (const { name } of tables) {
    const quoted = `"${String(name).replaceAll('"', '""')}"`;
    const [row] = await database.all(`SELECT * FROM ${quoted} LIMIT 1`, []);
    if (row?.user_id !== userId || !("schema_version" in row)) continue;
    const prefix = String(name).slice(0, -"mirror_state".length);
    throw new MirrorError(
      `Cannot open the mirror: user ${userId} already has a mirror with the prefix "${prefix}" in this database; use that prefix`,
      { code: "mirror_foreign" },
    );
  }
}
