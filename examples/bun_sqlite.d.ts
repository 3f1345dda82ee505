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
    /** Runs statements without parameters. */
    exec(sql: string): void;
    /** Prepares a statement. */
    prepare(sql: string): Statement;
    /** Closes it. */
    close(): void;
  }

  /** A statement. */
  export interface Statement {
    /** Runs it. */
    run(...parameters: (string | number | null)[]): void;
    /** Its rows. */
    all(...parameters: (string | number | null)[]): unknown[];
  }
}
