/**
 * What a run has done so far, and where it is.
 *
 * @module
 */
import { TruncatedStreamError } from "../errors/mod.ts";
import type { SyncProgress } from "./options.ts";
import { follow, IDLE, type RunEvent, type RunState } from "./state.ts";
import type { SyncResult } from "./steps.ts";

/** Keeps count, and tells whoever watches. */
export class Ledger {
  readonly #onProgress: (progress: SyncProgress) => void;
  // No object: to one, a type named "constructor" is not new.
  readonly #counts = new Map<string, number>();
  #state: RunState = IDLE;
  #events = 0;
  #bytes = 0;
  #skipped = 0;
  #lastType: string | undefined;

  /** Starts with nothing. */
  constructor(onProgress: (progress: SyncProgress) => void) {
    this.#onProgress = onProgress;
  }

  /** Where the run is. */
  get state(): RunState {
    return this.#state;
  }

  /** Something happened to the run. */
  go(event: RunEvent): void {
    this.#state = follow(this.#state, event);
    this.#report();
  }

  /** A batch is stored. */
  addStored(type: string, events: number): void {
    this.#counts.set(type, (this.#counts.get(type) ?? 0) + events);
    this.#events += events;
    this.#lastType = type;
    this.#report();
  }

  /** Bytes have arrived. */
  addBytes(bytes: number): void {
    this.#bytes += bytes;
  }

  /** A line was skipped. */
  addSkipped(): void {
    this.#skipped++;
  }

  /** The error for a stream that ended too early without saying so. */
  toCut(): TruncatedStreamError {
    return new TruncatedStreamError(
      "Cannot sync: the stream ended before everything came",
      { lines: this.#events, bytes: this.#bytes },
    );
  }

  /** What the run has done. */
  toResult(complete: boolean, lastFullAt: number | undefined): SyncResult {
    return {
      counts: Object.fromEntries(this.#counts),
      bytes: this.#bytes,
      resets: this.#state.resets,
      attempts: this.#state.attempts,
      complete,
      skipped: this.#skipped,
      lastFullAt,
    };
  }

  #report(): void {
    const progress: SyncProgress = {
      type: this.#lastType,
      events: this.#events,
      bytes: this.#bytes,
      phase: this.#state.kind,
    };
    // Whoever watches does not steer, not even with a promise that nobody awaits.
    const watch = async () => await this.#onProgress(progress);
    watch().catch(() => {});
  }
}
