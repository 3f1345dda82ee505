/**
 * Adapters for the databases of the runtimes. Their types are structural, so that
 * nothing has to be imported from a runtime.
 *
 * @module
 */
import { type BusyOptions, checkBusyOptions, whileBusy } from "./busy.ts";
import type { MirrorDatabase, SqlStatement, SqlValue } from "./database.ts";

/** The maximum number of prepared statements to keep; a sync uses far fewer. */
const MAX_PREPARED = 200;

/**
 * The maximum size of a row in Durable Objects and D1: 2 MB, less the
 * surrounding JSON.
 */
const MAX_ROW_BYTES = 2_000_000 - 1000;

/** The size of the page cache that SQLite has by default, in its own notation: 2 MB. */
const DEFAULT_CACHE = -2000;

/**
 * Ids arrive in random order, so each row changes another page, and a small cache
 * writes the same pages over and over.
 */
const ENLARGE_CACHE = "PRAGMA cache_size = -65536";

/** Fails if the database file is locked; otherwise has no effect. */
const PROBE = "BEGIN IMMEDIATE; ROLLBACK";

type Row = Record<string, unknown>;

/** A prepared statement, called with the mirror's values. */
interface Prepared {
  run(...params: SqlValue[]): unknown;
  all(...params: SqlValue[]): unknown[];
}

/** A database from `node:sqlite`, `bun:sqlite` or `better-sqlite3`. */
export interface SqliteDatabase {
  /** Executes statements without parameters. */
  exec(sql: string): unknown;
  /** Prepares a statement. */
  prepare(sql: string): {
    // Only `never` matches the parameters of every driver's types.
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
 * default of 2 MB to 64 MB; other sizes are kept.
 *
 * @example Use a database in memory
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
  checkBusyOptions(options);
  const prepared = new Map<string, Prepared>();
  function prepare(sql: string): Prepared {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      if (prepared.size >= MAX_PREPARED) prepared.clear();
      prepared.set(sql, statement = database.prepare(sql));
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
      }, options),
    async all(sql, params) {
      const rows = await whileBusy(() => prepare(sql).all(...params), options);
      return rows.map((row) => withNumbers(row as Row));
    },
  };
}

/**
 * Converts integers that are `bigint` values or strings to numbers, in place.
 *
 * @param isInteger Returns whether a column holds only integers, which may
 * arrive as strings.
 */
function withNumbers(
  row: Row,
  isInteger: (column: number) => boolean = () => false,
): Row {
  let column = 0;
  for (const name in row) {
    const value = row[name];
    const isText = typeof value === "string";
    if (typeof value === "bigint" || (isText && isInteger(column))) {
      row[name] = Number(value);
    }
    column++;
  }
  return row;
}

function rollBack(database: SqliteDatabase): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // The original error may have ended the transaction already, and is the one
    // to report.
  }
}

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
 * plan. Opening a new mirror takes 41 statements, a batch 4 or 5, and the end of a
 * full sync 31 (measured with workerd). The mirror stays within the limits of 100
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

/** A client from `@libsql/client`. */
export interface LibsqlClient {
  /** How the client reaches the database: `"file"` for a local file. */
  protocol: string;
  /** Executes statements without parameters. */
  executeMultiple(sql: string): Promise<unknown>;
  /** Executes a statement. */
  execute(
    statement: LibsqlStatement,
  ): Promise<{ rows: unknown[]; columnTypes: string[] }>;
  /** Executes statements in one transaction: all of them or none. */
  batch(statements: LibsqlStatement[], mode: "write"): Promise<unknown>;
}

/** A statement of `@libsql/client`. */
export interface LibsqlStatement {
  /** The statement. */
  sql: string;
  /** The parameters, in order. */
  args: SqlValue[];
}

/**
 * Adapts a client from `@libsql/client`, for libSQL in a local file and for Turso:
 * `libsql(createClient({ url: "file:photos.db" }))`. Rows are sent as JSON, so that a
 * remote database gets few statements. Any `intMode` works; with `"string"`,
 * `query` still returns strings for expressions such as `count(*)`.
 *
 * @example Use a stand-in for the client
 * ```ts
 * import { libsql } from "@immich-edge/sync/mirror";
 * import { assertEquals } from "@std/assert";
 *
 * const client = {
 *   protocol: "http",
 *   executeMultiple: () => Promise.resolve(),
 *   execute: () => Promise.resolve({ rows: [{ a: 1n }], columnTypes: ["INTEGER"] }),
 *   batch: () => Promise.resolve([]),
 * };
 * assertEquals(await libsql(client).all("SELECT 1 AS a", []), [{ a: 1 }]);
 * ```
 */
export function libsql(
  client: LibsqlClient,
  options: BusyOptions = {},
): MirrorDatabase {
  checkBusyOptions(options);
  const toStatement = ({ sql, params }: SqlStatement) => ({
    sql,
    args: [...params],
  });
  return {
    async batch(statements) {
      const all = statements.map(toStatement);
      await whileBusy(async () => {
        // After a `batch` that found the file locked, later ones cannot commit until
        // the garbage collector has run (0.18, 2026-11).
        if (client.protocol === "file") await client.executeMultiple(PROBE);
        await client.batch(all, "write");
      }, options);
    },
    async all(sql, params) {
      const statement = toStatement({ sql, params });
      const { rows, columnTypes } = await whileBusy(
        () => client.execute(statement),
        options,
      );
      return rows.map((row) =>
        withNumbers(row as Row, (column) => columnTypes[column] === "INTEGER")
      );
    },
    rowsAs: "json",
  };
}
