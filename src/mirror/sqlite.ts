/**
 * The adapter for SQLite in Deno, Node and Bun. Its types are structural, so that nothing has to be imported from a runtime.
 *
 * @module
 */
import { type BusyOptions, toBusyTimeout, whileBusy } from "./busy.ts";
import type { MirrorDatabase, SqlValue } from "./database.ts";
import { withNumbers } from "./numbers.ts";

/** The maximum number of prepared statements to keep; a sync uses far fewer. */
const MAX_PREPARED = 200;

/** SQLite's default page cache size, 2 MB, in SQLite's own notation. */
const DEFAULT_CACHE = -2000;

/**
 * Ids arrive in random order, so each row changes a different page, and if the
 * cache is small, the same pages are written over and over.
 */
const ENLARGE_CACHE = "PRAGMA cache_size = -65536";

type Row = Record<string, unknown>;

/** A prepared statement, called with the mirror's values. */
interface Prepared {
  run(...params: SqlValue[]): unknown;
  all(...params: SqlValue[]): unknown[];
  setReturnArrays?(enabled: boolean): void;
}

/** A database from `node:sqlite`, `bun:sqlite` or `better-sqlite3`. */
export interface SqliteDatabase {
  /** Executes statements without parameters. */
  exec(sql: string): unknown;
  /** Prepares a statement. */
  prepare(sql: string): {
    // Only `never` matches the parameter types of every driver.
    /** Executes the statement. */
    run(...params: never[]): unknown;
    /** Executes the statement and returns its rows. */
    all(...params: never[]): unknown[];
  };
}

/**
 * Adapts a database from `node:sqlite` (Node 22.5 and later, Deno), `bun:sqlite` or
 * `better-sqlite3`. Connections that return integers as `bigint` work too; the
 * mirror returns numbers. Enlarges the page cache of a connection from SQLite's
 * default of 2 MB to 64 MB; any other size is left unchanged.
 *
 * @example Use an in-memory database
 * ```ts
 * import { sqlite } from "@immich-edge/sync/mirror";
 * import { DatabaseSync } from "node:sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const database = sqlite(new DatabaseSync(":memory:"));
 * assertEquals((await database.all("SELECT ? AS a", [1]))[0]?.a, 1);
 * ```
 */
export function sqlite(
  database: SqliteDatabase,
  options: BusyOptions = {},
): MirrorDatabase {
  const busyTimeoutMs = toBusyTimeout(options);
  const prepared = new Map<string, Prepared>();
  function prepare(sql: string): Prepared {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      if (prepared.size >= MAX_PREPARED) prepared.clear();
      statement = database.prepare(sql);
      // A connection of `node:sqlite` may return rows as arrays.
      statement.setReturnArrays?.(false);
      prepared.set(sql, statement);
    }
    return statement;
  }
  let isEnlarged = false;
  function enlargeCache(): void {
    if (isEnlarged) return;
    const [row] = database.prepare("PRAGMA cache_size").all();
    const { cache_size: size } = (row ?? {}) as Row;
    if (Number(size) === DEFAULT_CACHE) database.exec(ENLARGE_CACHE);
    isEnlarged = true;
  }
  return {
    batch: (statements) =>
      whileBusy(() => {
        enlargeCache();
        database.exec("BEGIN IMMEDIATE");
        try {
          for (const { sql, params } of statements) prepare(sql).run(...params);
          database.exec("COMMIT");
        } catch (error) {
          rollBack(database);
          throw error;
        }
      }, busyTimeoutMs),
    async all(sql, params) {
      const query = () => prepare(sql).all(...params);
      const rows = await whileBusy(query, busyTimeoutMs);
      return rows.map((row) => withNumbers(row as Row));
    },
  };
}

function rollBack(database: SqliteDatabase): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // The original error may have ended the transaction already, and must be
    // reported.
  }
}
