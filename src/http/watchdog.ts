/**
 * Ends a request when the caller aborts or the idle timeout expires.
 *
 * @module
 */
import { TimeoutError } from "../errors/mod.ts";
import { MAX_DELAY_MS } from "./env.ts";
import type { RequestTrace } from "./request_trace.ts";

/** The default idle timeout, in milliseconds. */
export const IDLE_TIMEOUT_MS = 90_000;

/** Options for a {@linkcode Watchdog}. */
export interface WatchdogOptions {
  /** The caller's signal. */
  signal?: AbortSignal | undefined;
  /**
   * How long the server may stay silent, in milliseconds; `false` for no limit.
   * @default {90000}
   */
  idleTimeoutMs?: number | false | undefined;
}

/**
 * Watches one request, from `fetch` to the end of the body.
 *
 * The clock runs only during {@linkcode Watchdog.wait}, so that a slow consumer
 * does not look like a silent server.
 */
export class Watchdog {
  /** The action to name in error messages, such as "read the current user". */
  action: string;
  /** Strings to redact from errors. */
  readonly secrets: readonly string[];
  /** The trace of the request, if it is traced. */
  trace: RequestTrace | undefined;
  /** Called when the caller aborts, even if the request has ended for another reason. */
  onCallerAbort: ((reason: unknown) => void) | undefined;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #idleTimeoutMs: number | false;
  /** Rejects the pending wait. */
  #reject: ((reason: unknown) => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the wait began, and whether the timer has fired since then. */
  #waitsSince = 0;
  #hasTicked = false;
  #isPaused = false;
  readonly #onAbort = () => {
    this.abort(this.#caller?.reason);
    this.onCallerAbort?.(this.#caller?.reason);
  };

  /**
   * Starts watching.
   *
   * @throws {RangeError} If `idleTimeoutMs` is out of range.
   * @throws The signal's reason, if the signal is already aborted.
   */
  constructor(
    action: string,
    { signal, idleTimeoutMs = IDLE_TIMEOUT_MS }: WatchdogOptions,
    secrets: readonly string[] = [],
  ) {
    if (
      idleTimeoutMs !== false &&
      !(typeof idleTimeoutMs === "number" && idleTimeoutMs > 0 &&
        idleTimeoutMs <= MAX_DELAY_MS)
    ) {
      throw new RangeError(
        `Cannot ${action}: idleTimeoutMs must be a number from 1 to ${MAX_DELAY_MS} or false, received ${idleTimeoutMs}`,
      );
    }
    signal?.throwIfAborted();
    this.action = action;
    this.secrets = secrets;
    this.#caller = signal;
    this.#idleTimeoutMs = idleTimeoutMs;
    signal?.addEventListener("abort", this.#onAbort);
  }

  /** Aborts the request. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the caller has aborted the request. */
  get abortedByCaller(): boolean {
    return this.#caller?.aborted ?? false;
  }

  /**
   * How long a response may take in total, in milliseconds. With the default
   * options, a run whose attempts all take that long ends within an hour. Does not
   * apply to streams.
   */
  get maxResponseMs(): number {
    return 4 * (this.#idleTimeoutMs || IDLE_TIMEOUT_MS);
  }

  /**
   * Waits for the server, one wait at a time. Settles like the given promise.
   * If the request is aborted first, rejects with the reason, because each
   * runtime would reject with a different error.
   */
  wait<T>(promise: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      promise.then((value) => {
        this.#reject = undefined;
        resolve(value);
      }, (error) => {
        this.#reject = undefined;
        reject(error);
      });
      if (this.signal.aborted) return reject(this.signal.reason);
      this.#reject = reject;
      this.#startClock();
    });
  }

  /** Waits for the caller with the clock stopped, then restarts the clock at zero. */
  async pause<T>(promise: Promise<T>): Promise<T> {
    this.#isPaused = true;
    try {
      return await promise;
    } finally {
      this.#isPaused = false;
      if (this.#reject !== undefined) this.#startClock();
    }
  }

  /** Aborts the request. The pending wait rejects with the reason. */
  abort(reason?: unknown): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#controller.abort(reason);
    this.#reject?.(this.signal.reason);
    this.#reject = undefined;
  }

  /**
   * Ends the request, whether or not its body was read to the end. Afterwards, an
   * abort by the caller has no effect.
   *
   * @param failure The error, if the response could not be used.
   * @param bytes The number of bytes read from the body.
   */
  end(failure?: unknown, bytes = 0): void {
    this.trace?.end(failure, bytes);
    this.#caller?.removeEventListener("abort", this.#onAbort);
    this.abort();
  }

  /**
   * Starts the clock at zero. A new timer for each chunk would cost more than
   * everything else, so a running timer is kept and, when it fires, restarted
   * for the remaining time. It fires at least twice before a timeout: if the
   * event loop was blocked, an overdue timer can fire before bytes that arrived
   * in time are read, and those bytes must prevent the timeout.
   */
  #startClock(): void {
    this.#waitsSince = performance.now();
    this.#hasTicked = false;
    if (this.#timer !== undefined || this.#idleTimeoutMs === false) return;
    this.#tickIn(this.#idleTimeoutMs / 2);
  }

  #tickIn(delayMs: number): void {
    this.#timer = setTimeout(() => this.#tick(), delayMs);
  }

  #tick(): void {
    this.#timer = undefined;
    const idleTimeoutMs = this.#idleTimeoutMs;
    const isRunning = this.#reject !== undefined && !this.#isPaused;
    if (!isRunning || idleTimeoutMs === false) return;
    if (!this.#hasTicked) {
      this.#hasTicked = true;
      const waited = performance.now() - this.#waitsSince;
      this.#tickIn(Math.max(idleTimeoutMs / 2, idleTimeoutMs - waited));
      return;
    }
    this.abort(
      new TimeoutError(
        `Cannot ${this.action}: the server was silent for ${idleTimeoutMs} ms`,
        { idleTimeoutMs },
      ),
    );
  }
}
