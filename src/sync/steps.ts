/**
 * What a run asks for, and what it gives.
 *
 * @module
 */
import type { SyncRequestType } from "../protocol/mod.ts";
import type { AckedBatch } from "./batch.ts";

/** A sync, from its begin to its end. */
export interface SyncPass {
  /** `"full"` if everything comes, from zero; `"changes"` if only what has changed comes. */
  kind: "full" | "changes";
  /** When it began, in milliseconds since 1970. */
  startedAt: number;
  /** The request types that the server is asked for; missing if a test calls the processor. */
  types?: readonly SyncRequestType[];
}

/** A sync whose streams are complete and stored. */
export interface EndedPass extends SyncPass {
  /**
   * Whether the last stream brought nothing new. If it did, a row that changed
   * during each stream may not have come, although the server still has it.
   */
  isQuiet: boolean;
}

/** What a run has done. */
export interface SyncResult {
  /** Events that were stored, by their type. */
  counts: Record<string, number>;
  /** Bytes that have arrived, after decompression. */
  bytes: number;
  /** How often the server voided everything. */
  resets: number;
  /** Streams that were asked for. */
  attempts: number;
  /** Whether the server said that everything came; servers before 1.141.0 do not. */
  complete: boolean;
  /** Lines that were skipped, as `onPoison` allows. */
  skipped: number;
  /** When the last full pass began, in milliseconds since 1970: of this run, or as it was told. */
  lastFullAt: number | undefined;
}

/** What a run asks of whoever drives it, one after the other. */
export type RunStep =
  /** A pass begins. */
  | { kind: "begin"; pass: SyncPass }
  /** The copy is void. */
  | { kind: "wipe" }
  /** A batch is to be stored. */
  | { kind: "batch"; batch: AckedBatch; stored: () => Promise<void> }
  /** A pass is over: everything of it was stored. */
  | { kind: "end"; pass: EndedPass };

/** The steps of a run. The answer to `begin` is whether a full sync has not ended yet. */
export type RunSteps = AsyncGenerator<RunStep, SyncResult, boolean | void>;
