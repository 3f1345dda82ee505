/**
 * Limits how often something happens.
 *
 * @module
 */
import { MINUTE_MS } from "./times.ts";

/** Counts events of the last minute in the storage of a Durable Object. */
export class RateLimit {
  readonly #storage: Pick<DurableObjectStorage, "get" | "put">;
  readonly #now: () => number;

  constructor(
    storage: Pick<DurableObjectStorage, "get" | "put">,
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
