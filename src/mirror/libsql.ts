/**
 * The adapter for libSQL. Its types are structural, so that nothing has to be imported from a package.
 *
 * @module
 */
import { type BusyOptions, toBusyTimeout, whileBusy } from "./busy.ts";
import type { MirrorDatabase, SqlStatement, SqlValue } from "./database.ts";
import { withNumbers } from "./numbers.ts";

/**
 * A statement that fails if the database file is locked, and otherwise has no
 * effect.
 */
const PROBE = "BEGIN IMMEDIATE; ROLLBACK";

type Row = Record<string, unknown>;

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
 * Adapts a client from `@libsql/client`, for libSQL in a local file and for
 * Turso: `libsql(createClient({ url: "file:photos.db" }))`. Rows are sent as
 * JSON, so that a remote database receives few statements. Any `intMode` works.
 * If it is `"string"`, `query` still returns strings for expressions such as
 * `count(*)`.
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
  const busyTimeoutMs = toBusyTimeout(options);
  const toStatement = ({ sql, params }: SqlStatement) => ({
    sql,
    args: [...params],
  });
  return {
    async batch(statements) {
      const all = statements.map(toStatement);
      await whileBusy(async () => {
        // After a `batch` call finds the file locked, later calls cannot commit
        // until the garbage collector has run (0.18, 2026-11).
        if (client.protocol === "file") await client.executeMultiple(PROBE);
        await client.batch(all, "write");
      }, busyTimeoutMs);
    },
    async all(sql, params) {
      const statement = toStatement({ sql, params });
      const { rows, columnTypes } = await whileBusy(
        () => client.execute(statement),
        busyTimeoutMs,
      );
      return rows.map((row) =>
        withNumbers(row as Row, (column) => columnTypes[column] === "INTEGER")
      );
    },
    rowsAs: "json",
  };
}
