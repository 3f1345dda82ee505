/**
 * Limits how long a server may keep sending data that contains nothing new.
 *
 * @module
 */
import { SyncError } from "../errors/mod.ts";
import { IDLE_TIMEOUT_MS } from "../http/mod.ts";

const HOUR_MS = 3_600_000;

/**
 * Measures how long a run has waited for its server since something new last
 * arrived. Time spent in the consumer and between attempts does not count.
 */
export class Patience {
  readonly #idleMs: number;
  readonly #now: () => number;
  #waitedMs = 0;
  /** When the pending wait was last measured. */
  #since: number | undefined;

  /**
   * Starts the measurement at zero.
   *
   * @param idleTimeoutMs The idle timeout of the requests.
   * @param now Returns the time, in milliseconds.
   */
  constructor(idleTimeoutMs: number | false | undefined, now: () => number) {
    this.#idleMs = idleTimeoutMs || IDLE_TIMEOUT_MS;
    this.#now = now;
  }

  /** Waits for the server. */
  async wait<T>(promise: Promise<T>): Promise<T> {
    this.#since = this.#now();
    try {
      return await promise;
    } finally {
      this.#measure();
      this.#since = undefined;
    }
  }

  /** Starts at zero again, because something new arrived. */
  renew(): void {
    this.#waitedMs = 0;
  }

  /**
   * Checks the limit: an hour or 36 idle timeouts, whichever is shorter.
   *
   * @throws {SyncError} If the server has sent nothing new for too long.
   */
  check(): void {
    this.#measure();
    const limitMs = Math.min(HOUR_MS, 36 * this.#idleMs);
    if (this.#waitedMs < Math.max(limitMs, this.#idleMs)) return;
    throw new SyncError(
      `Cannot sync: the server kept sending data, but nothing new for ${this.#waitedMs} ms`,
      { code: "retries_exhausted" },
    );
  }

  #measure(): void {
    if (this.#since === undefined) return;
    const now = this.#now();
    // A longer silence would have ended the request, so the clock was changed.
    const elapsed = Math.min(Math.max(0, now - this.#since), this.#idleMs);
    this.#waitedMs += elapsed;
    this.#since = now;
  }
}
