/**
 * What a run can be told.
 *
 * @module
 */
import { type CallOptions, type Session, sleep } from "../http/mod.ts";
import type {
  ServerVersion,
  SyncEvent,
  SyncRequestType,
} from "../protocol/mod.ts";
import { serverVersion } from "../server/mod.ts";
import { deleteSyncAcks, type DeleteSyncAcksOptions, syncAck } from "./acks.ts";
import type { RunKind } from "./state.ts";
import { syncStream, type SyncStreamOptions } from "../stream/mod.ts";

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

/** The server itself. */
const SERVER: SyncSource = {
  syncStream,
  syncAck,
  deleteSyncAcks,
  serverVersion,
};

/** How far a run is. */
export interface SyncProgress {
  /** Type of the batch that was stored last. */
  type: string | undefined;
  /** Events that were stored. */
  events: number;
  /** Bytes that have arrived, after decompression. */
  bytes: number;
  /** Where the run is. */
  phase: RunKind;
}

/** From when on a run is a full pass. */
export interface FullPassSchedule {
  /** A full pass is due after this time, in milliseconds. */
  everyMs: number;
  /**
   * When the last one began, in milliseconds since 1970: `lastFullAt` of an
   * earlier result, or, for one that may have been broken off and goes on by
   * itself, `startedAt` of the pass that `begin` was told of.
   */
  lastFullAt: number | null | undefined;
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
   * Whether to wipe the copy first, whatever its processor can do, and to stream
   * everything from zero.
   * @default {false}
   */
  reset?: boolean;
  /**
   * Whether to stream everything from zero: `true`, or once the last time is
   * long ago. A row that the server committed late can be passed over for good;
   * only this brings it. A processor that marks and sweeps keeps its rows
   * meanwhile, any other is wiped first.
   * @default {false}
   */
  full?: boolean | FullPassSchedule;
  /**
   * Version of the server, to spare the request for it; `false` to do without:
   * the types are then asked for as they are, and a stream has to say that it
   * is complete.
   * @default {what the server says}
   */
  serverVersion?: ServerVersion | false;
  /**
   * Requests that may break in a row without a checkpoint moving; `false` for
   * any number.
   * @default {8}
   */
  maxAttempts?: number | false;
  /**
   * Longest wait after a first failure, in milliseconds; doubles with each
   * further one, and a random part of it is waited ("full jitter").
   * @default {500}
   */
  retryDelayMs?: number;
  /**
   * Longest wait after any failure, in milliseconds, unless the server asks for more.
   * @default {30000}
   */
  maxRetryDelayMs?: number;
  /**
   * How often a server may void everything in one run.
   * @default {3}
   */
  maxResets?: number;
  /**
   * How long a stream may wait for a slow consumer, in milliseconds, before it
   * is cut, to be resumed after the ack: servers hold what is not read in
   * memory. `false` for ever.
   * @default {30000}
   */
  maxPauseMs?: number | false;
  /**
   * Stored events after which to acknowledge; `false` for no such number.
   * @default {10000}
   */
  ackEvery?: number | false;
  /**
   * Time after which to acknowledge what is stored, in milliseconds; `false` for
   * no such time. Whatever is stored is acknowledged at the end in any case.
   * @default {1000}
   */
  ackIntervalMs?: number | false;
  /**
   * What to do with a line that is no event: end the run once everything before
   * is stored, with an error that names the line; or skip it, and lose what it
   * was about.
   * @default {"fail"}
   */
  onPoison?: "fail" | "skip";
  /**
   * Told how far the run is. It cannot steer: what it returns or throws is ignored.
   * @default {none}
   */
  onProgress?: (progress: SyncProgress) => void;
  /**
   * What stands in the place of the server. One that cannot tell its version is
   * asked for the types as they are.
   * @default {{ syncStream, syncAck, deleteSyncAcks, serverVersion }}
   */
  source?: SyncSource;
  /**
   * The clock, in milliseconds since 1970.
   * @default {Date.now}
   */
  now?: () => number;
  /**
   * A random number from 0 to 1.
   * @default {Math.random}
   */
  random?: () => number;
  /**
   * Waits between attempts, and ends with the signal's reason if it is aborted.
   * @default {setTimeout}
   */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** What a run goes by: its own options, each with a value. */
export type RunSettings = Required<
  Omit<SyncOptions, keyof CallOptions | keyof SyncStreamOptions>
>;

/**
 * Fills in what was not said.
 *
 * @throws {RangeError} If a number makes no sense.
 */
export function toSettings(options: SyncOptions): RunSettings {
  const {
    batchSize = 1000,
    full = false,
    maxAttempts = 8,
    retryDelayMs = 500,
    maxRetryDelayMs = 30_000,
    maxResets = 3,
    maxPauseMs = 30_000,
    ackEvery = 10_000,
    ackIntervalMs = 1000,
    onPoison = "fail",
    onProgress = () => {},
    source = SERVER,
    now = Date.now,
    random = Math.random,
    sleep: wait = sleep,
  } = options;
  checkAtLeast(1, { batchSize, maxAttempts, maxPauseMs, ackEvery });
  checkAtLeast(0, { retryDelayMs, maxRetryDelayMs, maxResets, ackIntervalMs });
  if (typeof full === "object") {
    const { everyMs, lastFullAt } = full;
    checkAtLeast(0, { everyMs, lastFullAt: lastFullAt ?? false });
  }
  if (onPoison !== "fail" && onPoison !== "skip") {
    throw new RangeError(
      `Cannot sync: onPoison is "${onPoison}", it must be "fail" or "skip"`,
    );
  }
  return {
    batchSize,
    full,
    maxAttempts,
    retryDelayMs,
    maxRetryDelayMs,
    maxResets,
    maxPauseMs,
    ackEvery,
    ackIntervalMs,
    onPoison,
    onProgress,
    source,
    now,
    random,
    sleep: wait,
  };
}

function checkAtLeast(
  least: number,
  numbers: Record<string, number | false>,
): void {
  for (const [name, number] of Object.entries(numbers)) {
    if (number === false || (number >= least && number < Infinity)) continue;
    throw new RangeError(
      `Cannot sync: ${name} is ${number}, it must be a number from ${least} on`,
    );
  }
}
