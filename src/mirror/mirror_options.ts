/**
 * Options for a mirror and its syncs.
 *
 * @module
 */
import { checkSyncTypes, type SyncRequestName } from "../protocol/mod.ts";
import {
  checkAtLeastOrFalse,
  checkCallOptions,
  checkChoice,
  type Env,
} from "../http/mod.ts";
import {
  type AckSchedule,
  type Budget,
  SYNC_OPTIONS,
  type SyncOptions,
  type SyncProgress,
  toBudget,
  toSettings,
  type WatchSyncOptions,
} from "../sync/mod.ts";

/** Options for `createMirror`. */
export interface MirrorOptions {
  /** The id of the user whose library is mirrored. */
  userId: string;
  /**
   * The prefix for the names of all of the mirror's tables, indexes and views: with
   * `"immich_"`, the view `timeline` becomes `immich_timeline`. If the database
   * also contains other tables or mirrors, you need a prefix. Use the same prefix
   * each time.
   * @default {""}
   */
  prefix?: string;
  /**
   * How long a crashed run blocks other runs, in milliseconds. Each
   * transaction of a run renews the lease.
   * @default {30000}
   */
  leaseMs?: number;
}

/** The progress of a sync or an audit of a mirror. */
export interface MirrorProgress extends SyncProgress {
  /**
   * The number of rows that the mirror had before this full sync. The server
   * will send about the same number. `undefined` in an incremental sync,
   * because counting the rows could cost more than the sync itself.
   */
  rowsBefore: number | undefined;
}

/** Options for `Mirror.sync`. */
export interface MirrorSyncOptions
  extends Omit<SyncOptions, "ack" | "full" | "onProgress"> {
  /**
   * Whether to run a full sync now, regardless of `fullEveryMs`. `"wipe"`
   * empties the mirror first. If you set a `budget`, pass this option to the
   * first run only, because each run would begin another full sync.
   * @default {false}
   */
  full?: boolean | "wipe";
  /**
   * The request types to mirror.
   * @default {all types that the server supports}
   */
  types?: readonly SyncRequestName[];
  /**
   * When to send acks. All rows since the last ack are stored before the next
   * ack is sent.
   * @default {every: 50000, intervalMs: 2000}
   */
  ack?: AckSchedule | "complete";
  /**
   * The time between two full syncs, in milliseconds; `false` for no schedule. Only
   * a full sync fetches rows that the server committed too late for an incremental
   * sync.
   * @default {2592000000, 30 days}
   */
  fullEveryMs?: number | false;
  /**
   * What to do while another run holds the lease. With `"wait"`, the sync
   * starts once that run has ended or, if the run crashed, once its lease has
   * expired.
   * @default {"fail"}
   */
  whenBusy?: "fail" | "wait";
  /**
   * Called when the state changes and when a batch is stored. The callback's
   * result and errors are ignored. Rows are counted only if you pass this
   * callback.
   * @default {none}
   */
  onProgress?: (progress: MirrorProgress) => void;
}

/** Options for `Mirror.watch`. */
export interface MirrorWatchOptions
  extends MirrorSyncOptions, Pick<WatchSyncOptions, "everyMs"> {}

/** Names of the `Mirror.sync` options that `sync` does not have. */
const OWN_OPTIONS: readonly Exclude<
  keyof MirrorSyncOptions,
  keyof SyncOptions
>[] = ["types", "fullEveryMs", "whenBusy"];

/**
 * The smallest number of requests in a budget: two more than for `sync`, to
 * read the user and to delete checkpoints.
 */
const LEAST_REQUESTS = 6;

/**
 * Checks the options for `Mirror.sync` before its first request, and returns the
 * budget.
 *
 * @throws {TypeError} If an option name is unknown or a value has the wrong type.
 * @throws {RangeError} If a value is out of range.
 */
export function checkMirrorSyncOptions(
  options: MirrorSyncOptions,
  env: Env,
): Budget {
  checkCallOptions("sync", options, [...SYNC_OPTIONS, ...OWN_OPTIONS]);
  const { fullEveryMs = false, whenBusy, types, onProgress: _, ...rest } =
    options;
  checkChoice("sync", "whenBusy", whenBusy, ["fail", "wait"]);
  checkAtLeastOrFalse("sync", 0, { fullEveryMs });
  if (types !== undefined) checkSyncTypes(types, undefined);
  toSettings(rest, env);
  return toBudget(options, env, LEAST_REQUESTS);
}

/** Options for `Mirror.audit`. */
export interface MirrorAuditOptions
  extends
    Omit<SyncOptions, "ack" | "budget" | "full" | "onProgress" | "source">,
    Pick<MirrorSyncOptions, "onProgress"> {
  /**
   * The request types to compare; types that the mirror has never synced are left
   * out. If you pass `types` to `sync`, pass the same types here.
   * @default {all types that the mirror has synced}
   */
  types?: readonly SyncRequestName[];
  /**
   * The maximum number of rows in each list of differences.
   * @default {1000}
   */
  limit?: number;
}
