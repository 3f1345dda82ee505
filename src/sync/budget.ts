/**
 * Limits the requests and the duration of a run.
 *
 * @module
 */
import { type CallOptions, type Env, MAX_DELAY_MS } from "../http/mod.ts";
import type { BudgetOptions } from "./options.ts";

/**
 * The smallest number of requests that lets every run make progress: one to read
 * the version, one to delete the checkpoints or receive a reset, one to open a
 * stream, and one to send the acks.
 */
export const LEAST_REQUESTS = 4;

/** Ends a run whose budget is used up. Callers never see this error. */
export class BudgetEnd extends Error {}

/** What is left of one run's budget. */
export class Budget {
  /** The number of requests left. */
  requests: number;
  readonly #durationMs: number;
  readonly #env: Env;
  readonly #startedAt: number;
  readonly #caller: AbortSignal | undefined;
  readonly #controller = new AbortController();
  readonly #onAbort = () => this.#controller.abort(this.#caller?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Creates a budget whose time starts now.
   *
   * @param signal The caller's signal.
   */
  constructor(
    { requests, durationMs }: Required<BudgetOptions>,
    env: Env,
    signal: AbortSignal | undefined,
  ) {
    this.requests = requests === false ? Infinity : requests;
    this.#durationMs = durationMs === false ? Infinity : durationMs;
    this.#env = env;
    this.#startedAt = env.now();
    this.#caller = signal;
  }

  /** Stops the timer. */
  close(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#onAbort);
  }

  /**
   * Returns options that end a request when no time is left. Starts a timer, which
   * {@linkcode Budget.close} stops.
   */
  limit(options: CallOptions): CallOptions {
    if (this.#durationMs === Infinity) return options;
    this.#timer ??= this.#start();
    return { ...options, signal: this.#controller.signal };
  }

  /** Counts a request. */
  spend(): void {
    this.requests--;
  }

  /**
   * Returns whether the budget allows a wait and a number of requests after that
   * wait.
   */
  allows(waitMs: number, requests: number): boolean {
    return waitMs < this.#leftMs && requests <= this.requests;
  }

  /**
   * Checks that time and a number of requests are left.
   *
   * @throws {BudgetEnd} If the budget is used up.
   */
  check(requests: number): void {
    if (!this.allows(0, requests)) throw new BudgetEnd();
  }

  #start(): ReturnType<typeof setTimeout> {
    if (this.#caller?.aborted) this.#onAbort();
    this.#caller?.addEventListener("abort", this.#onAbort);
    const end = () => this.#controller.abort(new BudgetEnd());
    const delayMs = Math.min(Math.max(0, this.#leftMs), MAX_DELAY_MS);
    return setTimeout(end, delayMs);
  }

  get #leftMs(): number {
    // A clock that was set back does not extend the budget.
    return this.#durationMs - Math.max(0, this.#env.now() - this.#startedAt);
  }
}
