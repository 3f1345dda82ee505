/**
 * Sessions to end on the server.
 *
 * @module
 */
import { AuthenticationError, logout, type Session } from "@immich-edge/sync";
import type { ObjectStorage } from "./env.ts";
import { backoffMs, DAY_MS, HOUR_MS } from "./times.ts";

const PREFIX = "revocation:";

/** A session that is not used for this long ends by itself. */
const UNUSED_MS = 90 * DAY_MS;

/** Maximum number of sessions to end in one invocation, which may send 50 requests. */
const MAX_AT_ONCE = 5;

const IDLE_TIMEOUT_MS = 10_000;

interface Revocation {
  session: Session;
  /** When the user signed out, in milliseconds since 1970. */
  since: number;
  /** When to try next, in milliseconds since 1970. */
  at: number;
  /** Number of attempts. */
  attempts: number;
}

/** Sessions to end. Each is stored until the server has ended it. */
export class Revocations {
  readonly #storage: ObjectStorage;
  readonly #now: () => number;

  constructor(storage: ObjectStorage, now: () => number = Date.now) {
    this.#storage = storage;
    this.#now = now;
  }

  /** Ends a session. Returns `false` if the session has to be ended later. */
  async revoke(session: Session): Promise<boolean> {
    const now = this.#now();
    const key = PREFIX + crypto.randomUUID();
    const revocation = { session, since: now, at: now, attempts: 0 };
    // Stored first, in case the object is evicted during the request.
    await this.#storage.put<Revocation>(key, revocation);
    return await this.#attempt(key, revocation);
  }

  /**
   * Tries to end the sessions that could not be ended before.
   *
   * @param all Whether to include sessions whose next attempt is not due yet.
   */
  async retry(all: boolean): Promise<void> {
    const now = this.#now();
    const pending = [...await this.#list()]
      .filter(([, { at }]) => all || at <= now)
      .sort(([, a], [, b]) => a.at - b.at).slice(0, MAX_AT_ONCE);
    for (const [key, revocation] of pending) {
      await this.#attempt(key, revocation);
    }
  }

  /** Returns when to call {@linkcode retry}, if ever, in milliseconds since 1970. */
  async nextAt(): Promise<number | undefined> {
    const times = [...(await this.#list()).values()].map(({ at }) => at);
    if (times.length === 0) return undefined;
    // The clock may have been set back.
    return Math.min(...times, this.#now() + HOUR_MS);
  }

  async #attempt(key: string, revocation: Revocation): Promise<boolean> {
    const { session, since } = revocation;
    try {
      await logout(session, { idleTimeoutMs: IDLE_TIMEOUT_MS });
    } catch (error) {
      const hasEnded = error instanceof AuthenticationError ||
        this.#now() - since > UNUSED_MS;
      if (!hasEnded) {
        const attempts = revocation.attempts + 1;
        const at = this.#now() + backoffMs(attempts);
        await this.#storage.put(key, { session, since, at, attempts });
        return false;
      }
    }
    await this.#storage.delete(key);
    return true;
  }

  async #list(): Promise<Map<string, Revocation>> {
    return await this.#storage.list<Revocation>({ prefix: PREFIX });
  }
}
