/**
 * Ends a request when its caller aborts, or when the server stays silent.
 *
 * @module
 */
import { TimeoutError } from "../errors/mod.ts";

/** Longest delay that `setTimeout` can tell from none. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** What a {@linkcode Watchdog} watches. */
export interface WatchdogOptions {
  /** The caller's signal. */
  signal?: AbortSignal | undefined;
  /** How long the server may stay silent, in milliseconds; `false` for ever. */
  idleTimeoutMs: number | false;
}

/**
 * Watches over one request, from `fetch` to the end of its body.
 *
 * The clock runs only while somebody waits for the server, see
 * {@linkcode Watchdog.wait}: a slow consumer never looks like a silent server.
 */
export class Watchdog {
  /** What is being done, for messages: "read the current user". */
  action: string;
  /** Called when the caller aborts, also after the request was ended otherwise. */
  onCallerAbort: ((reason: unknown) => void) | undefined;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #idleTimeoutMs: number | false;
  readonly #onAbort = () => {
    this.stop(this.#caller?.reason);
    this.onCallerAbort?.(this.#caller?.reason);
  };

  /**
   * Starts to watch.
   *
   * @throws {RangeError} If the time is no positive number of milliseconds.
   * @throws The caller's reason, if the signal is aborted already.
   */
  constructor(action: string, { signal, idleTimeoutMs }: WatchdogOptions) {
    if (
      idleTimeoutMs !== false &&
      !(idleTimeoutMs > 0 && idleTimeoutMs <= MAX_DELAY_MS)
    ) {
      throw new RangeError(
        `Cannot ${action}: idleTimeoutMs is ${idleTimeoutMs}, it must be a number from 1 to ${MAX_DELAY_MS}, or false`,
      );
    }
    signal?.throwIfAborted();
    this.action = action;
    this.#caller = signal;
    this.#idleTimeoutMs = idleTimeoutMs;
    signal?.addEventListener("abort", this.#onAbort);
  }

  /** Aborted as soon as the request must end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether it was the caller who ended the request. */
  get abortedByCaller(): boolean {
    return this.#caller?.aborted ?? false;
  }

  /**
   * Waits for the server, and settles as the promise does, unless the request
   * has to end first: then it rejects with the reason, whatever the runtime
   * makes of an abort.
   */
  wait<T>(promise: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise<T>((resolve, reject) => {
      const onAbort = () => settle(() => reject(signal.reason));
      const disarm = this.#arm();
      const settle = (outcome: () => void) => {
        disarm();
        signal.removeEventListener("abort", onAbort);
        outcome();
      };
      signal.addEventListener("abort", onAbort);
      promise.then(
        (value) => settle(() => resolve(value)),
        (error) => settle(() => reject(error)),
      );
      if (signal.aborted) onAbort();
    });
  }

  /** Ends the request. */
  stop(reason?: unknown): void {
    this.#controller.abort(reason);
  }

  /** Lets go of the caller's signal: nothing is left that could be aborted. */
  release(): void {
    this.#caller?.removeEventListener("abort", this.#onAbort);
  }

  /**
   * Starts the clock, in two halves: after a pause of the whole event loop both
   * a late timer and bytes that have long arrived are due, and the bytes must
   * win.
   */
  #arm(): () => void {
    const idleTimeoutMs = this.#idleTimeoutMs;
    if (idleTimeoutMs === false) return () => {};
    const expire = () =>
      this.stop(
        new TimeoutError(
          `Cannot ${this.action}: the server was silent for ${idleTimeoutMs} ms`,
          { idleTimeoutMs },
        ),
      );
    let timer = setTimeout(() => {
      timer = setTimeout(expire, idleTimeoutMs / 2);
    }, idleTimeoutMs / 2);
    return () => clearTimeout(timer);
  }
}
