/**
 * Unfinished sign-ins. A single Durable Object counts them, because their users are not
 * known yet.
 *
 * @module
 */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "./env.ts";
import { allows } from "./rate_limit.ts";
import { MINUTE_MS } from "./times.ts";

/** Maximum number of sign-ins per minute; each sends requests to the Immich server. */
const PER_MINUTE = 30;

/** How long to remember a used context, which is valid no longer than this. */
const CONTEXT_MS = 10 * MINUTE_MS;

const USED = "used:";

/** Limits sign-ins, and lets each one finish only once. */
export class SignIns extends DurableObject<Env> {
  /** Counts a new sign-in. Returns `false` if there are too many. */
  async begin(): Promise<boolean> {
    return await allows(this.ctx.storage, "begin", PER_MINUTE);
  }

  /**
   * Counts a callback. Otherwise, anyone with a copied cookie could make the app send
   * the server any number of codes.
   */
  async finish(id: string): Promise<"accepted" | "used" | "too many"> {
    const { storage } = this.ctx;
    const now = Date.now();
    const used = await storage.list<number>({ prefix: USED });
    for (const [key, time] of used) {
      if (now - time > CONTEXT_MS) await storage.delete(key);
    }
    if (used.has(USED + id)) return "used";
    if (!await allows(storage, "finish", PER_MINUTE)) return "too many";
    await storage.put(USED + id, now);
    return "accepted";
  }
}
