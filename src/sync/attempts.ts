/**
 * Retries with exponential backoff.
 *
 * @module
 */
import {
  HttpError,
  type ImmichError,
  isImmichError,
  SyncError,
} from "../errors/mod.ts";
import { backoffDelay } from "../http/mod.ts";
import type { RunSettings } from "./settings.ts";
import type { Progress } from "./progress.ts";

/** Returns whether a retry can help. */
export function isRetryable(error: unknown): error is ImmichError {
  return isImmichError(error) && error.retryable;
}

/**
 * Waits before retrying after a failure.
 *
 * @throws The failure itself, if a retry cannot help or the server asks for too
 * long a wait.
 * @throws {SyncError} If this was the last attempt.
 */
export async function waitAfter(
  error: unknown,
  progress: Progress,
  { retry, env, signal }: RunSettings,
): Promise<void> {
  signal?.throwIfAborted();
  if (!isRetryable(error)) throw error;
  progress.failures++;
  progress.enter("retrying");
  const { attempts, delayMs, maxDelayMs, maxWaitMs } = retry;
  const floorMs = error instanceof HttpError ? error.retryAfterMs ?? 0 : 0;
  if (maxWaitMs !== false && floorMs > maxWaitMs) throw error;
  if (attempts !== false && progress.failures >= attempts) {
    throw new SyncError(
      `Cannot sync: ${progress.failures} consecutive requests failed; last error: ${error.message}`,
      { code: "retries_exhausted", cause: error },
    );
  }
  const backoff = { baseMs: delayMs, maxMs: maxDelayMs, random: env.random };
  await env.sleep(backoffDelay(progress.failures, floorMs, backoff), signal);
}
