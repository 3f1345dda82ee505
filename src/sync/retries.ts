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
import { backoffDelay, wait } from "../http/mod.ts";
import type { RunSettings } from "./settings.ts";
import type { Progress } from "./progress.ts";

/** Returns whether a retry can help. */
export function isRetryable(error: unknown): error is ImmichError {
  return isImmichError(error) && error.retryable;
}

/** Returns whether a later run may succeed. */
export function isTemporary(error: unknown): error is ImmichError {
  return isRetryable(error) ||
    (isImmichError(error) && error.code === "retries_exhausted");
}

/**
 * Returns whether a request succeeds; `false` if a later retry may help.
 *
 * @throws Any other error of the request.
 */
export async function succeeds(request: Promise<void>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (isRetryable(error)) return false;
    throw error;
  }
}

/**
 * Sends a request until it succeeds or a retry cannot help.
 *
 * @param requests The number of requests that must be left for a retry.
 *
 * @throws The same errors as {@linkcode waitAfter}.
 */
export async function withRetries<T>(
  request: () => T | Promise<T>,
  progress: Progress,
  settings: RunSettings,
  requests = 1,
): Promise<T> {
  while (true) {
    try {
      return await request();
    } catch (error) {
      await waitAfter(error, progress, settings, requests);
    }
  }
}

/**
 * Waits before retrying after a failure.
 *
 * @param requests The number of requests needed for the retry.
 *
 * @throws The given error, if a retry cannot help, the server asks for a wait
 * that is too long, or the budget does not allow the wait or the requests.
 * @throws {SyncError} If this was the last attempt.
 */
export async function waitAfter(
  error: unknown,
  progress: Progress,
  { retry, budget, env, signal, onTrace }: RunSettings,
  requests: number,
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
  const waitMs = backoffDelay(progress.failures, floorMs, backoff);
  if (!budget.allows(waitMs, requests)) throw error;
  await wait(waitMs, "retry", { env, signal, onTrace });
  progress.trace?.addRetry(progress.failures, error);
}
