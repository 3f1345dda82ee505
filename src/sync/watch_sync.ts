/**
 * Keeps a local copy in sync.
 *
 * @module
 */
import type { KeptSession } from "../auth/mod.ts";
import type { SyncRequestName, SyncRequestType } from "../protocol/mod.ts";
import { type Env, type Session, SYSTEM } from "../http/mod.ts";
import type { SyncOptions } from "./options.ts";
import type { SyncProcessor } from "./processor.ts";
import { syncWith } from "./sync.ts";
import { type SyncWatch, watch } from "./watch.ts";

/** Options for {@linkcode watchSync}. */
export interface WatchSyncOptions extends SyncOptions {
  /**
   * The time between two runs, in milliseconds. A random variation of up to 10%
   * keeps clients from all syncing at the same time.
   * @default {60000}
   */
  everyMs?: number;
}

/**
 * Keeps a local copy in sync: calls `sync` again and again, and waits in between.
 *
 * Waits longer after failures, at least as long as the server asks. If you pass
 * a kept session, signs in again at once after a 401, and then runs a full sync,
 * because a new session starts from the beginning. `full: true` and `full:
 * "wipe"` apply to the first run only.
 *
 * @param source A session, or the result of `keepSession`.
 *
 * @throws {RangeError} If `everyMs` is out of range.
 *
 * @example Sync every minute, and at once after a change
 * ```ts
 * import { watchSync } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * const { fetch } = server;
 * const counts: unknown[] = [];
 * const processor = { process() {}, reset() {} };
 * const watch = watchSync(server.createSession(), ["AssetsV2"], processor, { fetch });
 * for await (const { result } of watch) {
 *   counts.push(result?.counts);
 *   if (counts.length === 2) break;
 *   server.library.addAsset();
 *   watch.wake(); // For example, when a webhook arrives.
 * }
 * assertEquals(counts, [{}, { AssetV2: 1 }]);
 * ```
 */
export function watchSync<const R extends SyncRequestType>(
  source: Session | KeptSession,
  types: readonly SyncRequestName<R>[],
  processor: SyncProcessor<R>,
  options: WatchSyncOptions = {},
): SyncWatch {
  return watchSyncWith(source, types, processor, options, SYSTEM);
}

/** Runs {@linkcode watchSync} with the given clock, random numbers and timers. */
export function watchSyncWith<const R extends SyncRequestType>(
  source: Session | KeptSession,
  types: readonly SyncRequestName<R>[],
  processor: SyncProcessor<R>,
  { everyMs, ...options }: WatchSyncOptions,
  env: Env,
): SyncWatch {
  let { full = false } = options;
  let last: Session | undefined;

  async function sync(session: Session) {
    if (last !== undefined && last.accessToken !== session.accessToken) {
      full = typeof full === "object" ? { ...full, lastFullAt: null } : true;
    }
    last = session;
    const all = { ...options, full };
    const result = await syncWith(session, types, processor, all, env);
    const { lastFullAt } = result;
    if (typeof full !== "object") full = false;
    else if (lastFullAt !== undefined) full = { ...full, lastFullAt };
    return result;
  }

  return watch(source, sync, { ...options, everyMs }, env);
}
