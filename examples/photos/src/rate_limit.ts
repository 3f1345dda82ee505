/**
 * Limits how often something happens.
 *
 * @module
 */
import type { ObjectStorage } from "./env.ts";
import { MINUTE_MS } from "./times.ts";

/**
 * Counts an event in a Durable Object. Returns `false` if there were already too many
 * in the last minute.
 */
export async function allows(
  storage: ObjectStorage,
  name: string,
  perMinute: number,
): Promise<boolean> {
  const key = `limit:${name}`;
  const now = Date.now();
  const times = (await storage.get<number[]>(key) ?? [])
    .filter((time) => time > now - MINUTE_MS && time <= now);
  if (times.length >= perMinute) return false;
  await storage.put(key, [...times, now]);
  return true;
}
