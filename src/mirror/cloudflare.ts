/**
 * The adapters for Durable Objects and D1. Their types are structural, so that nothing has to be imported from a runtime.
 *
 * @module
 */
import type { MirrorDatabase, SqlStatement, SqlValue } from "./database.ts";

/**
 * The maximum size of a row in Durable Objects and D1: 2 MB, minus the surrounding
 * JSON.
 */
const MAX_ROW_BYTES = 2_000_000 - 1000;

type Row = Record<string, unknown>;

/** The storage of a SQLite-backed Durable Object. */
export interface DurableObjectStorage {
  /** The SQL interface. */
  sql: {
    /** Executes a statement. */
    exec(sql: string, ...params: SqlValue[]): { toArray(): unknown[] };
  };
  /** Calls a function in a transaction, which is rolled back if the function throws. */
  transactionSync<T>(work: () => T): T;
}

/**
 * Adapts the storage of a Durable Object: `durableObject(ctx.storage)`. The mirror
 * stays within the limits of 100 parameters and 100 KB per statement
 * (developers.cloudflare.com/durable-objects/platform/limits, 2026-04).
 *
 * @example Use a stand-in for the storage
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
    maxRowBytes: MAX_ROW_BYTES,
  };
}

/** A prepared D1 statement. */
export interface D1Statement {
  /** Returns the statement with parameters bound to it. */
  bind(...params: SqlValue[]): D1Statement;
  /** Executes the statement and returns its rows. */
  all(): Promise<{ results: unknown[] }>;
}

/** A Cloudflare D1 database. */
export interface D1Database {
  /** Prepares a statement. */
  prepare(sql: string): D1Statement;
  /** Executes statements in one transaction: all of them or none. */
  batch(statements: D1Statement[]): Promise<unknown>;
}

/**
 * Adapts a Cloudflare D1 database: `d1(env.DB)`. Rows are sent as JSON, because D1
 * limits the number of statements per request to 50 or 1,000, depending on the
 * plan. Opening a new mirror takes 41 statements, a group of batches at most 47, and the
 * end of a full sync 31 (measured with workerd). The mirror stays within the limits of 100
 * parameters and 100 KB per statement, and 2 MB per string
 * (developers.cloudflare.com/d1/platform/limits, 2026-04).
 *
 * @example Use a stand-in for the binding
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
    maxRowBytes: MAX_ROW_BYTES,
  };
}
