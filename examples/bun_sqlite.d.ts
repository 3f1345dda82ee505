/**
 * What the example for Bun uses of `bun:sqlite`, for those who check its types
 * without Bun; `@types/bun` has all of it.
 *
 * @module
 */
declare module "bun:sqlite" {
  /** A database. */
  export class Database {
    /** Opens a file. */
    constructor(file: string, options: { create: boolean; strict: boolean });
    /** Runs statements. */
    run(sql: string, parameters?: (string | number | null)[]): void;
    /** Prepares a statement, once. */
    query(sql: string): Statement;
    /** A function that runs in a transaction. */
    transaction<A extends unknown[]>(
      work: (...args: A) => void,
    ): { immediate(...args: A): void };
    /** Closes it. */
    close(): void;
  }

  /** A statement. */
  export interface Statement {
    /** Runs it. */
    run(...parameters: (string | number | null)[]): void;
    /** Its first row. */
    get(...parameters: (string | number | null)[]): unknown;
  }
}
