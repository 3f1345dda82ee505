/**
 * What a mirror needs of a database.
 *
 * @module
 */

/** What a column holds. */
export type SqlValue = string | number | null;

/** One statement of SQL, and what its question marks stand for. */
export interface SqlStatement {
  /** The statement, with a `?` for each parameter. */
  sql: string;
  /** The parameters. */
  params: readonly SqlValue[];
}

/**
 * A SQLite database, as far as a mirror needs one: no transaction is open while
 * somebody waits. {@linkcode sqlite}, {@linkcode durableObject} and
 * {@linkcode d1} make one of what the runtimes have.
 */
export interface MirrorDatabase {
  /** Carries out statements in their order: all of them, or none. */
  batch(statements: readonly SqlStatement[]): void | Promise<void>;
  /** The rows that a query gives. */
  all(
    sql: string,
    params: readonly SqlValue[],
  ): Record<string, unknown>[] | Promise<Record<string, unknown>[]>;
  /**
   * How rows reach a statement: as parameters, one row in each, which is fastest
   * where a statement costs nothing; or many as one text in JSON, for databases
   * that count their statements.
   * @default {"parameters"}
   */
  rowsAs?: "parameters" | "json";
}
