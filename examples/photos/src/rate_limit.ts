/**
 * Limits how often something happens.
 *
 * @module
 */
import type { ObjectStorage } from "./env.ts";
import { MINUTE_MS } from "./times.ts";

/** Counts events of the last minute in the storage of a Durable Object. */
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

  /** Counts an event. Returns `false` if there were too many in the last minute. */
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
