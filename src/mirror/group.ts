/**
 * Collects the statements of several batches in order to commit them in one
 * transaction, because a transaction for each batch would cost more than the rows.
 *
 * @module
 */
import type { MirrorDatabase, SqlStatement } from "./database.ts";

/**
 * The maximum number of rows that are passed as parameters, each to its own
 * statement. Ids arrive in random order, so in a large library, each row
 * changes a different page, and a transaction writes every page that it
 * changes.
 */
export const MAX_ROWS = 50_000;

/** The maximum number of statements with rows as JSON; D1 allows 50 on its free plan. */
const MAX_JSON_STATEMENTS = 45;

/** The maximum total length of all strings, in UTF-16 units. */
const MAX_LENGTH = 16_000_000;

/** The same limit for Durable Objects and D1, where memory is limited to 128 MB. */
const MAX_LENGTH_IN_WORKERS = 4_000_000;

/** The statements that store several batches together. */
export class Group {
  /** The statements, in the order of the batches. */
  readonly statements: SqlStatement[] = [];
  readonly #maxStatements: number;
  readonly #maxLength: number;
  readonly #until: number;
  #length = 0;

  /**
   * Creates an empty group.
   *
   * @param until The time at which the group counts as full, however small it is.
   */
  constructor({ rowsAs, maxRowBytes }: MirrorDatabase, until: number) {
    this.#maxStatements = rowsAs === "json" ? MAX_JSON_STATEMENTS : MAX_ROWS;
    this.#maxLength = maxRowBytes === undefined
      ? MAX_LENGTH
      : MAX_LENGTH_IN_WORKERS;
    this.#until = until;
  }

  /** Returns whether the statements of another batch fit into the group. */
  hasRoomFor({ length }: readonly SqlStatement[]): boolean {
    return this.statements.length + length <= this.#maxStatements;
  }

  /** Adds the statements of a batch. */
  add(statements: readonly SqlStatement[]): void {
    for (const statement of statements) {
      this.statements.push(statement);
      for (const value of statement.params) {
        if (typeof value === "string") this.#length += value.length;
      }
    }
  }

  /** Returns whether it is time to store the group. */
  isFull(now: number): boolean {
    return this.#length >= this.#maxLength || now >= this.#until;
  }
}
