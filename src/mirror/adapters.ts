/**
 * The databases of the runtimes, by their shape: nothing of them is imported.
 *
 * @module
 */
import type { MirrorDatabase, SqlStatement, SqlValue } from "./database.ts";

/** Prepared statements that are kept: those of a few passes. */
const MAX_PREPARED = 200;

type Row = Record<string, unknown>;

/** A database of `node:sqlite`, `bun:sqlite` or `better-sqlite3`. */
export interface SqliteDatabase {
  /** Carries out statements without parameters. */
  exec(sql: string): unknown;
  /** Prepares a statement. */
  prepare(sql: string): {
    /** Carries it out. */
    run(...params: SqlValue[]): unknown;
    /** Its rows. */
    all(...params: SqlValue[]): unknown[];
  };
}

/**
 * A mirror in a database of `node:sqlite` (Node 22.5 and later, Deno),
 * `bun:sqlite` or `better-sqlite3`.
 *
 * @example In memory
 * ```ts
 * import { sqlite } from "@immich-edge/sync/mirror";
 * import { DatabaseSync } from "node:sqlite";
 * import { assertEquals } from "@std/assert";
 *
 * const database = sqlite(new DatabaseSync(":memory:"));
 * assertEquals((await database.all("SELECT ? AS a", [1]))[0]?.a, 1);
 * ```
 */
export function sqlite(database: SqliteDatabase): MirrorDatabase {
  const prepared = new Map<string, ReturnType<SqliteDatabase["prepare"]>>();
  function prepare(sql: string): ReturnType<SqliteDatabase["prepare"]> {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      if (prepared.size >= MAX_PREPARED) prepared.clear();
      prepared.set(sql, statement = database.prepare(sql));
    }
    return statement;
  }
  return {
    batch(statements) {
      database.exec("BEGIN IMMEDIATE");
      try {
        for (const { sql, params } of statements) prepare(sql).run(...params);
        database.exec("COMMIT");
      } catch (error) {
        rollBack(database);
        throw error;
      }
    },
    all: (sql, params) => prepare(sql).all(...params) as Row[],
  };
}

function rollBack(database: SqliteDatabase): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // What failed may have ended the transaction; that failure is the one to tell.
  }
}

/** The storage of a Durable Object with SQLite. */
export interface DurableObjectStorage {
  /** Its database. */
  sql: {
    /** Carries out a statement. */
    exec(sql: string, ...params: SqlValue[]): { toArray(): unknown[] };
  };
  /** Carries out a function: all that it does, or nothing. */
  transactionSync<T>(work: () => T): T;
}

/**
 * A mirror in the storage of a Durable Object: `durableObject(ctx.storage)`. No
 * statement has more than 100 parameters or 100 KB
 * (developers.cloudflare.com/durable-objects/platform/limits, 2026-04).
 *
 * @example A stand-in for the storage
 * ```ts
 * import { durableObject } from "@immich-edge/sync/mirror";
 * import { assertEquals } from "@std/assert";
 *
 * const storage = {
 *   sql: { exec: (_sql: string, ...params: unknown[]) => ({ toArray: () => [{ params }] }) },
 *   transactionSync: <T>(work: () => T) => work(),
 * };
 * const [row] = await durableObject(storage).all("SELECT ?", [1]);
 * assertEquals(row?.params, [1]);
 * ```
 */
export function durableObject(storage: DurableObjectStorage): MirrorDatabase {
  const exec = (sql: string, params: readonly SqlValue[]) =>
    storage.sql.exec(sql, ...params).toArray() as Row[];
  return {
    batch(statements) {
      storage.transactionSync(() => {
        for (const { sql, params } of statements) exec(sql, params);
      });
    },
    all: exec,
  };
}

/** A statement of D1. */
export interface D1Statement {
  /** The statement with its parameters. */
  bind(...params: SqlValue[]): D1Statement;
  /** Its rows. */
  all(): Promise<{ results: unknown[] }>;
}

/** A database of Cloudflare D1. */
export interface D1Database {
  /** Prepares a statement. */
  prepare(sql: string): D1Statement;
  /** Carries out statements: all of them, or none. */
  batch(statements: D1Statement[]): Promise<unknown>;
}

/**
 * A mirror in Cloudflare D1: `d1(env.DB)`. Rows are sent as JSON, as D1 counts
 * the statements of a request: 50 or 1,000, by plan. To open a new mirror takes
 * 34, a batch 4 or 5, the end of a full pass 31 (measured with workerd). No
 * statement has more than 100 parameters or 100 KB, no text more than 2 MB
 * (developers.cloudflare.com/d1/platform/limits, 2026-04).
 *
 * @example A stand-in for the binding
 * ```ts
 * import { d1 } from "@immich-edge/sync/mirror";
 * import { assertEquals } from "@std/assert";
 *
 * const statement = { bind: () => statement, all: () => Promise.resolve({ results: [{ a: 1 }] }) };
 * const binding = { prepare: () => statement, batch: () => Promise.resolve([]) };
 * assertEquals(await d1(binding).all("SELECT 1 AS a", []), [{ a: 1 }]);
 * ```
 */
export function d1(database: D1Database): MirrorDatabase {
  const bind = ({ sql, params }: SqlStatement) =>
    database.prepare(sql).bind(...params);
  return {
    async batch(statements) {
      await database.batch(statements.map(bind));
    },
    async all(sql, params) {
      return (await bind({ sql, params }).all()).results as Row[];
    },
    rowsAs: "json",
  };
}
