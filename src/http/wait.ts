/**
 * Waits, and traces the wait.
 *
 * @module
 */
import type { Env } from "./env.ts";
import type { OnTrace, TraceEvent } from "./trace.ts";

/** Options for {@linkcode wait}. */
export interface WaitOptions {
  /** The timers. */
  env: Pick<Env, "sleep">;
  /** Ends the wait when it is aborted. */
  signal?: AbortSignal | undefined;
  /** Called with the event for the wait. */
  onTrace: OnTrace | undefined;
}

/**
 * Waits, and traces the wait.
 *
 * @throws The signal's reason, if the signal is aborted first.
 */
export async function wait(
  waitMs: number,
  reason: (TraceEvent & { type: "wait" })["reason"],
  { env, signal, onTrace }: WaitOptions,
): Promise<void> {
  onTrace?.({ type: "wait", reason, waitMs });
  await env.sleep(waitMs, signal);
}
