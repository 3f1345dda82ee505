/**
 * The options of `sync` and `syncBatches`.
 *
 * @module
 */
import type { CallOptions, Session } from "../http/mod.ts";
import type {
  ServerVersion,
  SyncEvent,
  SyncRequestType,
} from "../protocol/mod.ts";
import type { SyncStreamOptions } from "../stream/mod.ts";
import type { DeleteSyncAcksOptions } from "./acks.ts";
import type { SyncProgress } from "./steps.ts";

/** Where the events of a run come from, and where its acks go. */
export interface SyncSource {
  /** Opens one stream, as {@linkcode syncStream} does. */
  syncStream(
    session: Session,
    types: readonly SyncRequestType[],
    options: SyncStreamOptions,
  ): Promise<ReadableStream<SyncEvent>>;
  /** Acknowledges, as {@linkcode syncAck} does. */
  syncAck(
    session: Session,
    acks: Iterable<string>,
    options: CallOptions,
  ): Promise<void>;
  /** Deletes checkpoints, before a run from zero all of them, as {@linkcode deleteSyncAcks} does. */
  deleteSyncAcks?(
    session: Session,
    options: DeleteSyncAcksOptions,
  ): Promise<void>;
  /** Reads the server's version, as {@linkcode serverVersion} does. */
  serverVersion?(
    session: Session,
    options: CallOptions,
  ): Promise<ServerVersion>;
}

/** When a run is a full sync. */
export interface FullSyncSchedule {
  /** Time between two full syncs, in milliseconds. */
  everyMs: number;
  /**
   * When the last one began, in milliseconds since 1970: `lastFullAt` of an
   * earlier result, or `startedAt` of the full sync that `begin` was called for,
   * as one that was interrupted continues with the next run.
   */
  lastFullAt: number | null | undefined;
}

/** When to retry. */
export interface RetryOptions {
  /**
   * Requests that may fail in a row without a checkpoint moving, or `false` for
   * no limit.
   * @default {8}
   */
  attempts?: number | false;
  /**
   * Longest wait after the first failure, in milliseconds. It doubles with each
   * further one; the wait is a random part of it ("full jitter").
   * @default {500}
   */
  delayMs?: number;
  /**
   * Longest wait after any failure, in milliseconds, unless `Retry-After` is
   * longer.
   * @default {30000}
   */
  maxDelayMs?: number;
  /**
   * Longest `Retry-After` to wait for, in milliseconds, or `false` for no limit.
   * Beyond it the run ends with the server's error, whose `retryAfterMs` says
   * when to run again.
   * @default {300000}
   */
  maxWaitMs?: number | false;
}

/** When to acknowledge what is stored, while a stream is read. */
export interface AckSchedule {
  /**
   * Events after which acks are sent, or `false` for no such number.
   * @default {10000}
   */
  every?: number | false;
  /**
   * Time after which acks are sent, in milliseconds, or `false` for no such time.
   * @default {1000}
   */
  intervalMs?: number | false;
}

/** Options of `sync` and `syncBatches`. */
export interface SyncOptions
  extends CallOptions, Pick<SyncStreamOptions, "compression" | "maxLineBytes"> {
  /**
   * Most events of a batch.
   * @default {1000}
   */
  batchSize?: number;
  /**
   * Whether the server sends everything again: `true`, or a schedule. This also
   * brings rows that the server committed too late for an incremental sync. A
   * processor with `begin` and `end` keeps its rows meanwhile; any other one is
   * reset first. `"wipe"` resets every processor first.
   * @default {false}
   */
  full?: boolean | "wipe" | FullSyncSchedule;
  /**
   * The version of the server, which saves the request for it. With `false` the
   * server gets the request types unchanged, and has to end its streams with
   * `SyncCompleteV1`.
   * @default {what the server answers}
   */
  serverVersion?: ServerVersion | false;
  /** When to retry. */
  retry?: RetryOptions;
  /**
   * When to acknowledge what is stored, besides at the end. `"complete"` waits
   * for the end of a complete stream, also after an interruption: for servers
   * that send deletes last.
   */
  ack?: AckSchedule | "complete";
  /**
   * Most resets by the server in one run.
   * @default {3}
   */
  maxResets?: number;
  /**
   * How long a stream may wait for a slow consumer, in milliseconds, or `false`
   * for no limit. Servers hold in memory what is not read, so then the request
   * is ended, and resumed after the ack.
   * @default {30000}
   */
  maxPauseMs?: number | false;
  /**
   * What to do with a line that is not an event: `"fail"` ends the run after
   * everything before is stored, with an error that names the line; `"skip"`
   * counts it, and loses what it held.
   * @default {"fail"}
   */
  onPoison?: "fail" | "skip";
  /**
   * Called when the state changes and when a batch is stored. What it returns or
   * throws is ignored.
   * @default {none}
   */
  onProgress?: (progress: SyncProgress) => void;
  /**
   * What to use in place of the server. Without `serverVersion` it gets the
   * request types unchanged.
   * @default {{ syncStream, syncAck, deleteSyncAcks, serverVersion }}
   */
  source?: SyncSource;
}
