/**
 * Trying again, as often and as late as it makes sense.
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
import type { Ledger } from "./ledger.ts";
import type { RunSettings } from "./options.ts";

/** Whether another attempt can help. */
export function isRetryable(error: unknown): error is ImmichError {
  return isImmichError(error) && error.retryable;
}

/** The only place that tries again. */
export class Retrier {
  readonly #ledger: Ledger;
  readonly #settings: RunSettings;
  readonly #signal: AbortSignal | undefined;

  /** Counts failures in a ledger. */
  constructor(
    ledger: Ledger,
    settings: RunSettings,
    signal: AbortSignal | undefined,
  ) {
    this.#ledger = ledger;
    this.#settings = settings;
    this.#signal = signal;
  }

  /** Does a request again and again, until it is done or there is no hope. */
  async persist<T>(request: () => Promise<T>): Promise<T> {
    while (true) {
      try {
        return await request();
      } catch (error) {
        await this.waitAfter(error);
      }
    }
  }

  /** Waits after a failure, or throws it if no other attempt can help. */
  async waitAfter(error: unknown): Promise<void> {
    this.#signal?.throwIfAborted();
    if (!isRetryable(error)) throw error;
    this.#ledger.go("cut");
    const { maxAttempts, random, sleep } = this.#settings;
    const { failures } = this.#ledger.state;
    if (maxAttempts !== false && failures >= maxAttempts) {
      throw new SyncError(
        `Cannot sync: ${failures} requests broke in a row, the last because: ${error.message}`,
        { code: "retries_exhausted", cause: error },
      );
    }
    const { retryDelayMs: baseMs, maxRetryDelayMs: maxMs } = this.#settings;
    const floorMs = error instanceof HttpError ? error.retryAfterMs : undefined;
    const delay = backoffDelay(failures, floorMs, { baseMs, maxMs, random });
    await sleep(delay, this.#signal);
  }
}
