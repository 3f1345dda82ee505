/**
 * The lease on a mirror, which prevents two runs from writing to it at once.
 *
 * @module
 */
import { type CallOptions, type Env, traceOf, wait } from "../http/mod.ts";
import type { Budget } from "../sync/mod.ts";
import type { MirrorDatabase, SqlStatement } from "./database.ts";
import { MirrorError } from "./error.ts";
import { readState, setState } from "./state.ts";

/** Matches the leases of all runs of one mirror object. */
const IS_OWN = "substr(lease_holder, 1, 36) = ?";

/**
 * How far the clocks of two machines that share a database may differ, in
 * milliseconds.
 */
const MAX_SKEW_MS = 1000;

/** The time between two attempts to acquire a lease, in milliseconds. */
const POLL_MS = 1000;

/** The lease as seen by one run of a mirror. */
export class Lease {
  readonly #database: MirrorDatabase;
  readonly #leaseMs: number;
  readonly #env: Env;
  readonly #mirror: string;
  readonly #run: number;

  /**
   * Creates a lease that is not held yet.
   *
   * @param leaseMs The time after which the lease expires unless it is renewed, in milliseconds.
   * @param mirror The id of the mirror: 36 characters.
   * @param run The number of the run.
   */
  constructor(
    database: MirrorDatabase,
    leaseMs: number,
    env: Env,
    mirror: string = crypto.randomUUID(),
    run = 0,
  ) {
    this.#database = database;
    this.#leaseMs = leaseMs;
    this.#env = env;
    this.#mirror = mirror;
    this.#run = run;
  }

  get #holder(): string {
    return `${this.#mirror} ${this.#run}`;
  }

  /**
   * Creates the lease for the mirror's next run. Once that run has acquired it,
   * any further write by an aborted run fails.
   */
  next(): Lease {
    return new Lease(
      this.#database,
      this.#leaseMs,
      this.#env,
      this.#mirror,
      this.#run + 1,
    );
  }

  /**
   * Acquires the lease, renews it, or takes it over from an earlier run of this mirror.
   *
   * @throws {MirrorError} If another run holds the lease.
   */
  async acquire(): Promise<void> {
    const now = this.#env.now();
    const until = now + this.#leaseMs;
    // A lease that has more time left than its holder asked for was acquired
    // while a clock was ahead.
    const take = setState(
      "lease_holder = ?, lease_until = ?, lease_ms = ? " +
        `WHERE lease_holder IS NULL OR ${IS_OWN} OR lease_until <= ? ` +
        "OR lease_until > ? + lease_ms",
      this.#holder,
      until,
      this.#leaseMs,
      this.#mirror,
      now,
      now + MAX_SKEW_MS,
    );
    await this.#database.batch([take]);
    await this.#check();
  }

  /**
   * Acquires the lease as soon as no other run holds it.
   *
   * @throws {MirrorError} If the wait would exceed the budget.
   */
  async waitFor(
    budget: Budget,
    options: CallOptions,
  ): Promise<void> {
    const { signal } = options;
    const onTrace = traceOf(options);
    while (true) {
      try {
        return await this.acquire();
      } catch (error) {
        if (!(error instanceof MirrorError)) throw error;
        const waitMs = error.retryAfterMs ?? 0;
        if (!budget.allows(waitMs, 0)) throw error;
        // The other run may release the lease long before it expires.
        const pollMs = Math.min(waitMs, POLL_MS);
        await wait(pollMs, "lease", { env: this.#env, signal, onTrace });
      }
    }
  }

  /**
   * Executes statements and renews the lease. The same transaction checks that the
   * lease is still held, so a run that has lost it cannot write anything.
   *
   * @throws {MirrorError} If another run has acquired the lease in the meantime.
   */
  async write(statements: readonly SqlStatement[]): Promise<void> {
    const until = this.#env.now() + this.#leaseMs;
    try {
      await this.#database.batch([
        {
          sql: "INSERT INTO {mirror_fence} SELECT NULL WHERE NOT EXISTS " +
            "(SELECT 1 FROM {mirror_state} WHERE lease_holder = ?)",
          params: [this.#holder],
        },
        setState("lease_until = ?", until),
        ...statements,
      ]);
    } catch (error) {
      await this.#check();
      throw error;
    }
  }

  /** Releases the lease if a run of this mirror still holds it. */
  async release(): Promise<void> {
    await this.#database.batch([this.toRelease()]);
  }

  /** Returns the statement that releases the lease. */
  toRelease(): SqlStatement {
    return setState(
      "lease_holder = NULL, lease_until = NULL, lease_ms = NULL " +
        `WHERE ${IS_OWN}`,
      this.#mirror,
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
