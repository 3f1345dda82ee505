/**
 * What a run asks of the consumer, and what it reports.
 *
 * @module
 */
import type { SyncRequestType } from "../protocol/mod.ts";
import type { AckedBatch } from "./batch.ts";

/** A sync that begins. */
export interface SyncStart {
  /** Whether the server sends everything, and not only what has changed. */
  full: boolean;
  /** When it began, in milliseconds since 1970. */
  startedAt: number;
  /** The request types that the server is asked for. */
  types: readonly SyncRequestType[];
}

/** A sync whose streams are complete and stored. */
export interface SyncEnd extends SyncStart {
  /**
   * Whether the last stream brought nothing new. If it did, a row that changed
   * during each stream may be missing, although the server still has it.
   */
  quiet: boolean;
}

/** The result of a run. */
export interface SyncResult {
  /** The number of events stored, by type. */
  counts: Record<string, number>;
  /** Bytes received, after decompression. */
  bytes: number;
  /** Resets by the server. */
  resets: number;
  /** Streams that were requested. */
  attempts: number;
  /** Whether the server said that everything came; servers before 1.141.0 do not. */
  complete: boolean;
  /** Lines skipped because of `onPoison: "skip"`. */
  skipped: number;
  /**
   * When the last full sync began, in milliseconds since 1970: this run, or what
   * the option `full` said.
   */
  lastFullAt: number | undefined;
}

/**
 * The state of a run:
 *
 * - `idle`: nothing was requested yet;
 * - `streaming`: a stream is open or requested;
 * - `resetting`: the server sent a reset, and the local copy is being reset;
 * - `retrying`: a request failed, and the run waits before the next one;
 * - `complete`: everything is stored and acknowledged;
 * - `failed`: the run ended early, by an error, an abort or a consumer that left.
 */
export type SyncState =
  | "idle"
  | "streaming"
  | "resetting"
  | "retrying"
  | "complete"
  | "failed";

/** The progress of a run. */
export interface SyncProgress {
  /** The state of the run. */
  state: SyncState;
  /** Type of the last batch that was stored. */
  type: string | undefined;
  /** Events stored. */
  events: number;
  /** Bytes received, after decompression. */
  bytes: number;
}

/** What a run asks of its consumer, one step at a time. */
export type RunStep =
  /** A sync begins. The answer is whether an earlier full sync has not ended yet. */
  | { type: "begin"; start: SyncStart }
  /** Everything before is void. */
  | { type: "wipe" }
  /** A batch has to be stored; `stored` may be called later. */
  | { type: "batch"; batch: AckedBatch; stored: () => Promise<void> }
  /** What was processed has to be stored now. */
  | { type: "flush" }
  /** A sync ends: everything of it is stored. */
  | { type: "end"; end: SyncEnd };

/** A part of a run, as a generator of steps. */
export type RunSteps<Result = SyncResult> = AsyncGenerator<
  RunStep,
  Result,
  boolean | void
>;
