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
  /**
   * How long the server may stay silent, in milliseconds; `false` for ever.
   * @default {90000}
   */
  idleTimeoutMs?: number | false | undefined;
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
  /** What ends each wait early. */
  readonly #waits = new Set<(reason: unknown) => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the last wait began, and whether the timer has run out since then. */
  #waitsSince = 0;
  #hasTicked = false;
  /** How many times the caller is waited for. */
  #pauses = 0;
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
  constructor(
    action: string,
    { signal, idleTimeoutMs = 90_000 }: WatchdogOptions,
  ) {
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
    return new Promise<T>((resolve, reject) => {
      promise.then((value) => {
        this.#waits.delete(reject);
        resolve(value);
      }, (error) => {
        this.#waits.delete(reject);
        reject(error);
      });
      if (this.signal.aborted) return reject(this.signal.reason);
      this.#waits.add(reject);
      this.#startClock();
    });
  }

  /** Stops the clock while the caller is waited for; after that it starts at zero. */
  async pause<T>(promise: Promise<T>): Promise<T> {
    this.#pauses++;
    try {
      return await promise;
    } finally {
      this.#pauses--;
      if (this.#waits.size > 0 && !this.signal.aborted) this.#startClock();
    }
  }

  /** Ends the request. */
  stop(reason?: unknown): void {
    this.#stopClock();
    this.#controller.abort(reason);
    for (const reject of this.#waits) reject(this.signal.reason);
  }

  /** Lets go of the caller's signal: nothing is left that could be aborted. */
  release(): void {
    this.#stopClock();
    this.#caller?.removeEventListener("abort", this.#onAbort);
  }

  /**
   * Starts the clock at zero. A timer and a listener for each chunk would cost
   * more than everything else, so a timer that runs is left alone, and waits for
   * the rest of the time when it is due. That takes two steps at least: after the
   * whole event loop was blocked, both a late timer and bytes that arrived long
   * ago are due, and the bytes must win.
   */
  #startClock(): void {
    this.#waitsSince = performance.now();
    this.#hasTicked = false;
    if (this.#timer !== undefined || this.#idleTimeoutMs === false) return;
    this.#tickIn(this.#idleTimeoutMs / 2);
  }

  #stopClock(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #tickIn(delayMs: number): void {
    this.#timer = setTimeout(() => this.#tick(), delayMs);
  }

  #tick(): void {
    this.#timer = undefined;
    const idleTimeoutMs = this.#idleTimeoutMs;
    const isRunning = this.#waits.size > 0 && this.#pauses === 0;
    if (!isRunning || idleTimeoutMs === false) return;
    if (!this.#hasTicked) {
      this.#hasTicked = true;
      const waited = performance.now() - this.#waitsSince;
      this.#tickIn(Math.max(idleTimeoutMs / 2, idleTimeoutMs - waited));
      return;
    }
    this.stop(
      new TimeoutError(
        `Cannot ${this.action}: the server was silent for ${idleTimeoutMs} ms`,
        { idleTimeoutMs },
      ),
    );
  }
}
