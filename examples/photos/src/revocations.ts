/**
 * Sessions to end on the server.
 *
 * @module
 */
import { AuthenticationError, logout, type Session } from "@immich-edge/sync";
import type { ObjectStorage } from "./env.ts";
import { backoffMs, HOUR_MS, SECOND_MS } from "./times.ts";

const PREFIX = "revocation:";

/** Hourly attempts for 90 days; a session unused for that long ends by itself. */
const MAX_ATTEMPTS = 90 * 24;

/** Maximum number of sessions to end in one invocation, which is limited to 50 requests. */
const MAX_AT_ONCE = 5;

interface Revocation {
  session: Session;
  /** When to try next, in milliseconds since 1970. */
  at: number;
  attempts: number;
}

/** Sessions to end. Each is stored until the server has ended it. */
export class Revocations {
  readonly #storage: ObjectStorage;

  constructor(storage: ObjectStorage) {
    this.#storage = storage;
  }

  /** Ends sessions. Returns `false` if some have to be ended later. */
  async revoke(...sessions: Session[]): Promise<boolean> {
    const ended = sessions.map(async (session) => {
      const key = PREFIX + crypto.randomUUID();
      const revocation = { session, at: Date.now(), attempts: 0 };
      // Stored first, in case the object is evicted during the request.
      await this.#storage.put<Revocation>(key, revocation);
      return await this.#attempt(key, revocation);
    });
    return (await Promise.all(ended)).every(Boolean);
  }

  /**
   * Tries to end the sessions that could not be ended before.
   *
   * @param all Whether to include sessions whose next attempt is not due yet.
   */
  async retry(all: boolean): Promise<void> {
    const pending = [...await this.#list()]
      .filter(([, { at }]) => all || at <= Date.now())
      .sort(([, a], [, b]) => a.at - b.at).slice(0, MAX_AT_ONCE);
    for (const entry of pending) await this.#attempt(...entry);
  }

  /** Returns when to call {@linkcode retry}, if ever, in milliseconds since 1970. */
  async nextAt(): Promise<number | undefined> {
    const times = [...(await this.#list()).values()].map(({ at }) => at);
    if (times.length === 0) return undefined;
    // The clock may have been set back.
    return Math.min(...times, Date.now() + HOUR_MS);
  }

  async #attempt(key: string, revocation: Revocation): Promise<boolean> {
    const { session } = revocation;
    const attempts = revocation.attempts + 1;
    try {
      await logout(session, { idleTimeoutMs: 10 * SECOND_MS });
    } catch (error) {
      const hasEnded = error instanceof AuthenticationError;
      if (!hasEnded && attempts < MAX_ATTEMPTS) {
        const at = Date.now() + backoffMs(attempts);
        await this.#storage.put<Revocation>(key, { session, at, attempts });
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
