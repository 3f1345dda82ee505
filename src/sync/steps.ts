/**
 * The steps and results of a run.
 *
 * @module
 */
import type { SyncRequestType } from "../protocol/mod.ts";
import type { AckedBatch } from "./batch.ts";

/** The start of a sync. */
export interface SyncStart {
  /** Whether this is a full sync. */
  full: boolean;
  /** When it started, in milliseconds since 1970. */
  startedAt: number;
  /** The request types sent to the server. */
  types: readonly SyncRequestType[];
}

/** The end of a sync: all of its streams are complete and stored. */
export interface SyncEnd extends SyncStart {
  /**
   * Whether the last stream contained nothing new. If `false`, a row may be
   * missing although the server still has it, because the row changed during
   * each stream.
   */
  quiet: boolean;
  /**
   * Whether the server sent no acks at all. A server without checkpoints sends
   * none, and each of its streams contains all rows, so rows that did not arrive
   * are deleted, even if this is not a full sync.
   */
  snapshot: boolean;
}

/** The result of a run. */
export interface SyncResult {
  /** Number of stored events by type. */
  counts: Record<string, number>;
  /** Number of bytes received, after decompression. */
  bytes: number;
  /** Number of resets by the server. */
  resets: number;
  /** Number of requested streams. */
  streams: number;
  /**
   * Whether the server confirmed that the data is complete. `false` if the
   * budget ended the run or the server is older than 1.141.0.
   */
  complete: boolean;
  /** Whether the budget ended the run. If so, another run must continue the sync. */
  more: boolean;
  /** Number of lines skipped with `onPoison: "skip"`. */
  skipped: number;
  /**
   * When the last full sync started, in milliseconds since 1970. If this run
   * did not start one, this is the `lastFullAt` passed in the `full` option.
   */
  lastFullAt: number | undefined;
}

/**
 * The state of a run:
 *
 * - `idle`: no request has been sent yet;
 * - `streaming`: a stream is open or requested;
 * - `resetting`: the server sent a reset, and the local copy is being reset;
 * - `retrying`: a request failed, and the run waits before the next request;
 * - `complete`: everything is stored and acknowledged;
 * - `paused`: the budget is used up, and what is stored is acknowledged;
 * - `failed`: the run ended early because of an error or an abort, or because the
 *   consumer left the loop.
 */
export type SyncState =
  | "idle"
  | "streaming"
  | "resetting"
  | "retrying"
  | "complete"
  | "paused"
  | "failed";

/** The progress of a run. */
export interface SyncProgress {
  /** The state of the run. */
  state: SyncState;
  /**
   * Whether this run is a full sync. An incremental sync becomes a full sync if
   * the server sends a reset. A run that continues an interrupted full sync
   * counts as incremental, because the server sends only the remaining rows.
   */
  full: boolean;
  /** The type of the last stored batch. */
  type: string | undefined;
  /** Number of stored events. */
  events: number;
  /** Number of bytes received, after decompression. */
  bytes: number;
}

/** What the consumer of a run must do next. */
export type RunStep =
  /**
   * Begin a sync. The reply states whether an earlier full sync is still
   * unfinished.
   */
  | { type: "begin"; start: SyncStart }
  /** Delete all stored rows. */
  | { type: "wipe" }
  /** Store a batch, and call `stored` at once or later. */
  | { type: "batch"; batch: AckedBatch; stored: () => Promise<void> }
  /** Make everything processed so far durable. */
  | { type: "flush" }
  /** End a sync: everything is stored. */
  | { type: "end"; end: SyncEnd };

/** A part of a run that yields steps. */
export type RunSteps<Result = SyncResult> = AsyncGenerator<
  RunStep,
  Result,
  boolean | void
>;
