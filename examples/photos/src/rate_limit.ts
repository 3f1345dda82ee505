/**
 * Limits how often something happens.
 *
 * @module
 */
import type { ObjectStorage } from "./env.ts";
import { MINUTE_MS } from "./times.ts";

/** Counts the last minute's events in a Durable Object's storage. */
export class RateLimit {
  readonly #storage: ObjectStorage;
  readonly #now: () => number;

  constructor(
    storage: ObjectStorage,
    now: () => number = Date.now,
  ) {
    this.#storage = storage;
    this.#now = now;
  }

  /** Counts an event. Returns `false` if there were already too many. */
  async allows(name: string, perMinute: number): Promise<boolean> {
    const key = `limit:${name}`;
    const now = this.#now();
    const times = (await this.#storage.get<number[]>(key) ?? [])
      .filter((time) => time > now - MINUTE_MS && time <= now);
    if (times.length >= perMinute) return false;
    await this.#storage.put(key, [...times, now]);
    return true;
  }
}
