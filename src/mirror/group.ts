/**
 * Collects the statements of several batches, to be committed in one transaction:
 * a transaction for each batch would cost more than the rows.
 *
 * @module
 */
import type { SqlStatement } from "./database.ts";

/**
 * The number of rows after which a group is full. Ids arrive in random order, so in a
 * large library each row is on a page of its own, which a transaction writes as a whole.
 */
export const MAX_ROWS = 50_000;

/** The limits of a group, besides the number of rows. */
export interface GroupLimits {
  /** The total length of the text after which it is full, in UTF-16 units. */
  maxLength: number;
  /** The time at which it is full, even if it is small. */
  until: number;
}

/** The batches that are stored together. */
export class Group {
  /** The statements that store the batches. */
  readonly statements: SqlStatement[] = [];
  readonly #limits: GroupLimits;
  #rows = 0;
  #length = 0;

  /** Creates an empty group. */
  constructor(limits: GroupLimits) {
    this.#limits = limits;
  }

  /** Adds the statements that store a number of rows. */
  add(statements: readonly SqlStatement[], rows: number): void {
    this.#rows += rows;
    for (const statement of statements) {
      this.statements.push(statement);
      for (const value of statement.params) {
        if (typeof value === "string") this.#length += value.length;
      }
    }
  }

  /** Returns whether it is time to commit the group. */
  isFull(now: number): boolean {
    const { maxLength, until } = this.#limits;
    return this.#rows >= MAX_ROWS || this.#length >= maxLength || now >= until;
  }
}
