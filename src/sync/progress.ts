/**
 * What a run has done so far.
 *
 * @module
 */
import { TruncatedStreamError } from "../errors/mod.ts";
import type { SyncProgress, SyncResult, SyncState } from "./steps.ts";

/** Counts what a run does, and reports it. */
export class Progress {
  /** Streams that were requested. */
  attempts = 0;
  /** Requests that failed since a checkpoint moved. */
  failures = 0;
  /** Resets by the server. */
  resets = 0;
  /** Bytes received, after decompression. */
  bytes = 0;
  /** Lines that were skipped. */
  skipped = 0;
  // Not an object: on one, a type named "constructor" would not be new.
  readonly #counts = new Map<string, number>();
  readonly #onProgress: (progress: SyncProgress) => void;
  #events = 0;
  #type: string | undefined;
  #state: SyncState = "idle";

  /** Starts with nothing. */
  constructor(onProgress: (progress: SyncProgress) => void) {
    this.#onProgress = onProgress;
  }

  /** Enters a state. */
  enter(state: SyncState): void {
    this.#state = state;
    this.#report();
  }

  /** Counts a batch that is stored. */
  addStored(type: string, events: number): void {
    this.#counts.set(type, (this.#counts.get(type) ?? 0) + events);
    this.#events += events;
    this.#type = type;
    this.#report();
  }

  /** Makes the error for a stream that ended early. */
  toTruncatedError(): TruncatedStreamError {
    return new TruncatedStreamError(
      "Cannot sync: the stream ended before SyncCompleteV1",
      { lines: this.#events, bytes: this.bytes },
    );
  }

  /** Makes the result of the run. */
  toResult(complete: boolean, lastFullAt: number | undefined): SyncResult {
    const { bytes, resets, attempts, skipped } = this;
    const counts = Object.fromEntries(this.#counts);
    return { counts, bytes, resets, attempts, complete, skipped, lastFullAt };
  }

  #report(): void {
    const progress: SyncProgress = {
      state: this.#state,
      type: this.#type,
      events: this.#events,
      bytes: this.bytes,
    };
    // The callback cannot end the run, not even with a promise that rejects.
    const report = async () => await this.#onProgress(progress);
    report().catch(() => {});
  }
}
