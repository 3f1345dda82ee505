/**
 * The lease on a mirror, which prevents two runs from writing to it at once.
 *
 * @module
 */
import type { Env } from "../http/mod.ts";
import type { MirrorDatabase, SqlStatement } from "./database.ts";
import { MirrorError } from "./error.ts";
import { readState, setState } from "./state.ts";

/** The lease as seen by one possible holder. */
export class Lease {
  readonly #database: MirrorDatabase;
  readonly #leaseMs: number;
  readonly #env: Env;
  readonly #holder: string = crypto.randomUUID();

  /**
   * Creates a holder that does not hold the lease yet.
   *
   * @param leaseMs The time after which the lease expires unless it is renewed, in milliseconds.
   */
  constructor(database: MirrorDatabase, leaseMs: number, env: Env) {
    this.#database = database;
    this.#leaseMs = leaseMs;
    this.#env = env;
  }

  /**
   * Acquires the lease, or renews it.
   *
   * @throws {MirrorError} If another run holds the lease.
   */
  async acquire(): Promise<void> {
    const now = this.#env.now();
    const until = now + this.#leaseMs;
    const take = setState(
      "lease_holder = ?, lease_until = ? " +
        "WHERE lease_holder IS NULL OR lease_holder = ? OR lease_until <= ?",
      ...[this.#holder, until, this.#holder, now],
    );
    await this.#database.batch([take]);
    await this.#check();
  }

  /**
   * Executes statements and renews the lease. The same transaction checks that the
   * lease is still held, so a run that has lost it cannot write anything.
   *
   * @param batchNumber The number of the batch that the statements store, if any.
   * @throws {MirrorError} If another run has acquired the lease in the meantime.
   */
  async write(
    statements: readonly SqlStatement[],
    batchNumber?: number,
  ): Promise<void> {
    const until = this.#env.now() + this.#leaseMs;
    try {
      await this.#database.batch([
        {
          sql: "INSERT INTO {mirror_fence} SELECT NULL WHERE NOT EXISTS " +
            "(SELECT 1 FROM {mirror_state} WHERE lease_holder = ?)",
          params: [this.#holder],
        },
        batchNumber === undefined
          ? setState("lease_until = ?", until)
          : setState("lease_until = ?, batch_number = ?", until, batchNumber),
        ...statements,
      ]);
    } catch (error) {
      await this.#check();
      throw error;
    }
  }

  /** Releases the lease if it is still held. */
  async release(): Promise<void> {
    await this.#database.batch([this.toRelease()]);
  }

  /** Returns the statement that releases the lease. */
  toRelease(): SqlStatement {
    return setState(
      "lease_holder = NULL, lease_until = NULL WHERE lease_holder = ?",
      this.#holder,
    );
  }

  async #check(): Promise<void> {
    const { leaseHolder, leaseUntil } = await readState(this.#database);
    if (leaseHolder === this.#holder) return;
    const left = Math.max(0, (leaseUntil ?? 0) - this.#env.now());
    throw new MirrorError(
      `Cannot use the mirror: another run holds its lease, which expires in ${left} ms unless renewed`,
      { code: "mirror_busy", retryAfterMs: left },
    );
  }
}
