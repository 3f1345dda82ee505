/**
 * The database interface that a mirror requires.
 *
 * @module
 */

/** A value in a column. */
export type SqlValue = string | number | null;

/** An SQL statement with its parameters. */
export interface SqlStatement {
  /** The statement, with a `?` for each parameter. */
  sql: string;
  /** The parameters, in order. */
  params: readonly SqlValue[];
}

/**
 * The part of a SQLite database that a mirror uses. A transaction is always a
 * single call to `batch`, and never stays open across an `await`. Create a
 * `MirrorDatabase` with {@linkcode sqlite}, {@linkcode durableObject},
 * {@linkcode d1} or {@linkcode libsql}, or write your own.
 */
export interface MirrorDatabase {
  /** Executes statements in order and in one transaction: all of them or none. */
  batch(statements: readonly SqlStatement[]): void | Promise<void>;
  /** Returns the rows of a query. */
  all(
    sql: string,
    params: readonly SqlValue[],
  ): Record<string, unknown>[] | Promise<Record<string, unknown>[]>;
  /**
   * How rows are passed to a statement. `"parameters"` executes the statement once
   * for each row, which is fastest for a local database. `"json"` passes many rows
   * as one JSON string, for databases that limit the number of statements.
   * @default {"parameters"}
   */
  rowsAs?: "parameters" | "json";
  /**
   * The maximum size of a row's JSON, in bytes. If a row is larger, its largest
   * values are stored as NULL.
   * @default {Infinity}
   */
  maxRowBytes?: number;
}
