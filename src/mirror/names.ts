/**
 * The names of a mirror's tables in a database.
 *
 * SQL in this folder is written with placeholders: `{assets}` stands for the
 * table `assets`, whose name begins with the mirror's prefix, and `{me}` for
 * the id of the mirror's user, as an SQL literal. Views and indexes have
 * placeholders too.
 *
 * @module
 */
import type { MirrorDatabase } from "./database.ts";

/** A name that needs no quotes. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,31}$/;

/** SQLite reserves the first of these, Cloudflare the second. */
const RESERVED = /^(sqlite|_cf)_/i;

/**
 * Checks a prefix.
 *
 * @throws {TypeError} If names that begin with it would need quotes or are reserved.
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
      // In one pass, because the id of the user may look like a placeholder.
      sql = template.replace(
        /\{(\w+)\}/g,
        (_, name) => name === "me" ? me : prefix + name,
      );
      cache.set(template, sql);
    }
    return sql;
  }
  return {
    batch: (statements) =>
      database.batch(
        statements.map(({ sql, params }) => ({ sql: replace(sql), params })),
      ),
    all: (sql, params) => database.all(replace(sql), params),
  };
}
