/**
 * The progress of a run.
 *
 * @module
 */
import { RunTrace } from "./run_trace.ts";
import type { RunSettings } from "./settings.ts";
import type { SyncProgress, SyncResult, SyncState } from "./steps.ts";

/** Counts what a run has done, and reports it. */
export class Progress {
  /** Number of requested streams. */
  streams = 0;
  /** Number of failed requests since a checkpoint last moved. */
  failures = 0;
  /** Number of resets by the server. */
  resets = 0;
  /** Number of bytes received, after decompression. */
  bytes = 0;
  /** Number of skipped lines. */
  skipped = 0;
  /** Number of stored events. */
  events = 0;
  /** The state of the run. */
  state: SyncState = "idle";
  /** Whether the run is a full sync. */
  full: boolean;
  /** The trace of the run, if it is traced. */
  readonly trace: RunTrace | undefined;
  // A map, because every object has a property named "constructor".
  readonly #counts = new Map<string, number>();
  readonly #onProgress: (progress: SyncProgress) => void;
  #type: string | undefined;

  /** Creates a report with all counts at zero. */
  constructor(
    { onProgress, onTrace }: Pick<RunSettings, "onProgress" | "onTrace">,
    full: boolean,
  ) {
    this.#onProgress = onProgress;
    this.full = full;
    this.trace = onTrace && new RunTrace(onTrace);
  }

  /** Changes the state, and reports it. */
  enter(state: SyncState): void {
    this.state = state;
    this.#report();
  }

  /**
   * Starts a batch. Returns a function that counts and reports the batch once
   * it is stored.
   */
  startBatch(type: string, events: number): () => void {
    const traceStored = this.trace?.startBatch(type, events);
    return () => {
      this.#counts.set(type, (this.#counts.get(type) ?? 0) + events);
      this.events += events;
      this.#type = type;
      this.#report();
      traceStored?.();
    };
  }

  /** Counts a reset by the server, and reports it. */
  addReset(): void {
    this.resets++;
    this.enter("resetting");
    this.trace?.addReset();
  }

  /** Creates the result of the run. */
  toResult(
    end: Pick<SyncResult, "complete" | "more" | "lastFullAt">,
  ): SyncResult {
    const { bytes, resets, streams, skipped } = this;
    const counts = Object.fromEntries(this.#counts);
    return { counts, bytes, resets, streams, skipped, ...end };
  }

  #report(): void {
    const { state, full, events, bytes } = this;
    const progress = { state, full, type: this.#type, events, bytes };
    // The callback cannot end the run, not even with a rejected promise.
    const report = async () => await this.#onProgress(progress);
    report().catch(() => {});
  }
}
