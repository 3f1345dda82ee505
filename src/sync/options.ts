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
import type { DeleteSyncAcksOptions, SyncAck } from "./acks.ts";
import type { SyncProgress } from "./steps.ts";

/** Provides the events of a run and receives its acks. */
export interface SyncSource {
  /** Opens one stream, as {@linkcode syncStream} does. */
  syncStream(
    session: Session,
    types: readonly SyncRequestType[],
    options: SyncStreamOptions,
  ): Promise<ReadableStream<SyncEvent>>;
  /** Sends acks, as {@linkcode syncAck} does. */
  syncAck(
    session: Session,
    acks: Iterable<string>,
    options: CallOptions,
  ): Promise<void>;
  /** Reads the checkpoints during a full sync, as {@linkcode getSyncAcks} does. */
  getSyncAcks?(session: Session, options: CallOptions): Promise<SyncAck[]>;
  /**
   * Deletes all checkpoints before a full sync, as {@linkcode deleteSyncAcks} does.
   * Without this function, `syncStream` with `reset: true` must delete them.
   */
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

/** A schedule for full syncs. */
export interface FullSyncSchedule {
  /** The time between two full syncs, in milliseconds. */
  everyMs: number;
  /**
   * When the last full sync started, in milliseconds since 1970: the
   * `lastFullAt` of an earlier result, or the `startedAt` that `begin`
   * received. Use `startedAt` so that interrupted full syncs count too, because
   * they continue in the next run.
   */
  lastFullAt: number | null | undefined;
}

/** How to retry failed requests. */
export interface RetryOptions {
  /**
   * The number of consecutive failures before the run gives up; `false` for no
   * limit. The count restarts whenever a checkpoint moves to a row that is new
   * in this run. Without a limit, a run still ends if the server sends nothing
   * new for an hour.
   * @default {8}
   */
  attempts?: number | false;
  /**
   * The maximum wait after the first failure, in milliseconds. The maximum doubles
   * with each further failure. The actual wait is a random part of the maximum (full
   * jitter).
   * @default {500}
   */
  delayMs?: number;
  /**
   * The maximum wait after any failure, in milliseconds, unless `Retry-After` is
   * longer.
   * @default {30000}
   */
  maxDelayMs?: number;
  /**
   * The longest `Retry-After` to wait for, in milliseconds; `false` for no
   * limit. If the server asks for a longer wait, the run ends with the server's
   * error. Its `retryAfterMs` is the time to wait before the next run.
   * @default {300000}
   */
  maxWaitMs?: number | false;
}

/** When to send acks while a stream is read. */
export interface AckSchedule {
  /**
   * The number of events after which acks are sent; `false` to ignore the
   * number of events.
   * @default {10000}
   */
  every?: number | false;
  /**
   * The time after which acks are sent, in milliseconds; `false` to ignore the
   * time.
   * @default {1000}
   */
  intervalMs?: number | false;
}

/** Limits for one run, for use in runtimes that limit each invocation. */
export interface BudgetOptions {
  /**
   * The maximum number of requests; `false` for no limit. Every request in the
   * run counts, including retries and acks; one request is reserved for the
   * last acks. If you pass a `source`, each call to one of its functions counts
   * instead. Must be at least 4, and at least 6 for a mirror, so that every run
   * can store something.
   * @default {false}
   */
  requests?: number | false;
  /**
   * The maximum time from the call to the end of the run, in milliseconds;
   * `false` for no limit. Also ends a wait for a silent server. Does not end a
   * pending call to the processor, or a request that reads, sends or deletes
   * acks; if the server is silent, such a request takes up to `idleTimeoutMs`.
   * A run that is too short to store a batch makes no progress.
   * @default {false}
   */
  durationMs?: number | false;
}

/** Options for `sync` and `syncBatches`. */
export interface SyncOptions
  extends CallOptions, Pick<SyncStreamOptions, "compression" | "maxLineBytes"> {
  /**
   * The maximum number of events in a batch. A batch is also full after four
   * megabytes.
   * @default {1000}
   */
  batchSize?: number;
  /**
   * Whether to run a full sync: `true`, or a schedule. A full sync also fetches
   * rows that the server committed too late for an incremental sync. A processor
   * with `begin` and `end` keeps its rows during the sync; any other processor is
   * reset first. `"wipe"` resets any processor first.
   * @default {false}
   */
  full?: boolean | "wipe" | FullSyncSchedule;
  /**
   * The server's version; passing a known version saves a request. If it is
   * `false`, the request types are sent unchanged, and streams must end with
   * `SyncCompleteV1`.
   * @default {the version that the server reports}
   */
  serverVersion?: ServerVersion | false;
  /** How to retry failed requests. */
  retry?: RetryOptions;
  /**
   * When to send acks, other than at the end of a run. With `"complete"`, acks
   * are sent only once a stream is complete and all of its batches are stored,
   * not on an interruption; use this for servers that send deletes last.
   */
  ack?: AckSchedule | "complete";
  /**
   * Limits the run. When the budget is used up, the run stops after the current
   * batch, acknowledges what is stored, and resolves with `more: true`. Run again
   * with the same options to continue.
   *
   * If a retry would exceed the budget, the run acknowledges what is stored and
   * throws the error instead: before the next run, wait at least as long as the
   * error's `retryAfterMs`.
   *
   * The next run continues a full sync, unless that run begins another full
   * sync. So pass a schedule, or pass `full: true` or `"wipe"` to the first run
   * only.
   *
   * If the server is 3.2.0 (which loses a database connection whenever a
   * request is ended early), or if `ack` is `"complete"`, the budget ends a run
   * only between streams.
   * @default {none}
   */
  budget?: BudgetOptions;
  /**
   * The maximum number of resets by the server in one run.
   * @default {3}
   */
  maxResets?: number;
  /**
   * How long a stream may wait for a slow consumer, in milliseconds; `false`
   * for no limit. Servers keep unread data in memory, so after this time the
   * request is ended, and the sync resumes after the next ack. Ignored if the
   * server is 3.2.0, which loses a database connection whenever a request is
   * ended early.
   * @default {30000}
   */
  maxPauseMs?: number | false;
  /**
   * What to do with a bad line: one that is not an event, or a row without its
   * key, with an object where a number is expected, or with more than 1,000
   * levels of nesting. `"fail"` stores everything before it, then ends the run
   * with an error that names the line. `"skip"` skips and counts the line,
   * whose data is lost.
   * @default {"fail"}
   */
  onPoison?: "fail" | "skip";
  /**
   * Called when the state changes and when a batch is stored. The callback's
   * result and errors are ignored.
   * @default {none}
   */
  onProgress?: (progress: SyncProgress) => void;
  /**
   * Replaces the server. If the source has no `serverVersion`, it receives the
   * request types unchanged.
   * @default {requests to the server}
   */
  source?: SyncSource;
}
