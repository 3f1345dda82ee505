/**
 * A lease on a mirror: two runs on one copy would undo each other's work.
 *
 * @module
 */
import type { Env } from "../http/mod.ts";
import type { MirrorDatabase, SqlStatement } from "./database.ts";
import { MirrorError } from "./error.ts";
import { readState, setState } from "./state.ts";

/** One who may hold a mirror. */
export class Lease {
  readonly #database: MirrorDatabase;
  readonly #leaseMs: number;
  readonly #env: Env;
  readonly #holder: string = crypto.randomUUID();

  /**
   * Starts without the lease.
   *
   * @param leaseMs How long a lease lasts that is not renewed, in milliseconds.
   */
  constructor(database: MirrorDatabase, leaseMs: number, env: Env) {
    this.#database = database;
    this.#leaseMs = leaseMs;
    this.#env = env;
  }

  /**
   * Takes the lease, or takes it anew.
   *
   * @throws {MirrorError} If somebody else holds it.
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
   * Carries out statements, if the lease still holds, and renews it. Who has lost
   * it writes nothing any more, however late it finds out.
   *
   * @param batchNumber Number of the batch that the statements store, if they do.
   * @throws {MirrorError} If somebody else has taken it meanwhile.
   */
  async write(
    statements: readonly SqlStatement[],
    batchNumber?: number,
  ): Promise<void> {
    const until = this.#env.now() + this.#leaseMs;
    try {
      await this.#database.batch([
        {
          sql: "INSERT INTO mirror_fence SELECT NULL WHERE NOT EXISTS " +
            "(SELECT 1 FROM mirror_state WHERE lease_holder = ?)",
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

  /** Gives the lease back, if it still holds. */
  async release(): Promise<void> {
    await this.#database.batch([this.giveBack()]);
  }

  /** The statement that gives the lease back. */
  giveBack(): SqlStatement {
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
      `Cannot use the mirror: another run holds it, for ${left} ms unless it goes on`,
      { code: "mirror_busy", retryAfterMs: left },
    );
  }
}
