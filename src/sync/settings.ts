/**
 * Checks the options of a run and fills in the defaults.
 *
 * @module
 */
import {
  type CallOptions,
  checkAtLeast,
  checkAtLeastOrFalse,
  checkCallOptions,
  checkChoice,
  checkOptions,
  type Env,
  type OnTrace,
  pickDefined,
  toCallOptions,
  traceOf,
} from "../http/mod.ts";
import { checkServerVersion } from "../protocol/mod.ts";
import { checkStreamOptions, type SyncStreamOptions } from "../stream/mod.ts";
import { Budget, LEAST_REQUESTS } from "./budget.ts";
import type {
  AckSchedule,
  BudgetOptions,
  RetryOptions,
  SyncOptions,
} from "./options.ts";
import { type RunSource, SERVER } from "./run_source.ts";

/** The checked options of a run, with all defaults. */
export interface RunSettings extends
  Required<
    Pick<
      SyncOptions,
      | "batchSize"
      | "full"
      | "maxResets"
      | "maxPauseMs"
      | "onPoison"
      | "onProgress"
    >
  > {
  serverVersion: SyncOptions["serverVersion"];
  retry: Required<RetryOptions>;
  ack: Required<AckSchedule> | "complete";
  budget: Budget;
  /** Options for each request. */
  call: CallOptions;
  /** The options for each stream, in addition to the options in `call`. */
  stream: SyncStreamOptions;
  source: RunSource;
  onTrace: OnTrace | undefined;
  signal: AbortSignal | undefined;
  env: Env;
}

/** Names of the sync options, except the names in `CallOptions`. */
export const SYNC_OPTIONS: readonly Exclude<
  keyof SyncOptions,
  keyof CallOptions
>[] = [
  "ack",
  "batchSize",
  "budget",
  "compression",
  "full",
  "maxLineBytes",
  "maxPauseMs",
  "maxResets",
  "onPoison",
  "onProgress",
  "retry",
  "serverVersion",
  "source",
];

/**
 * Checks the `budget` option, and creates the budget of a run.
 *
 * @param leastRequests The smallest number of requests that is allowed.
 *
 * @throws {TypeError} If an option name is unknown.
 * @throws {RangeError} If a value is out of range.
 */
export function toBudget(
  { budget, signal }: Pick<SyncOptions, "budget" | "signal">,
  env: Env,
  leastRequests: number = LEAST_REQUESTS,
): Budget {
  const none = { requests: false, durationMs: false } as const;
  const limits = withDefaults<BudgetOptions>("budget", budget, none);
  const { requests, durationMs } = limits;
  checkAtLeastOrFalse("sync", leastRequests, { "budget.requests": requests });
  checkAtLeastOrFalse("sync", 1, { "budget.durationMs": durationMs });
  return new Budget(limits, env, signal);
}

/**
 * Checks options and fills in the defaults.
 *
 * @param budget The budget, if part of it has already been used.
 *
 * @throws {TypeError} If an option name is unknown or a value has the wrong type.
 * @throws {RangeError} If a value is out of range.
 */
export function toSettings(
  options: SyncOptions,
  env: Env,
  budget?: Budget,
): RunSettings {
  checkCallOptions("sync", options, SYNC_OPTIONS);
  checkStreamOptions("sync", options);
  const {
    batchSize = 1000,
    full = false,
    serverVersion,
    maxResets = 3,
    onPoison = "fail",
    onProgress = () => {},
    source = SERVER,
    signal,
  } = options;
  const retry = withDefaults<RetryOptions>("retry", options.retry, {
    attempts: 8,
    delayMs: 500,
    maxDelayMs: 30_000,
    maxWaitMs: 300_000,
  });
  const ack = options.ack === "complete"
    ? "complete"
    : withDefaults<AckSchedule>(
      "ack",
      options.ack,
      { every: 10_000, intervalMs: 1000 },
    );
  // If a slow consumer's stream were ended early, no acks would be sent, so the
  // sync would never advance.
  const { maxPauseMs = ack === "complete" ? false : 30_000 } = options;
  checkAtLeast("sync", 1, { batchSize });
  checkAtLeastOrFalse("sync", 1, {
    "retry.attempts": retry.attempts,
    maxPauseMs,
  });
  checkAtLeast("sync", 0, {
    "retry.delayMs": retry.delayMs,
    "retry.maxDelayMs": retry.maxDelayMs,
    maxResets,
  });
  checkAtLeastOrFalse("sync", 0, { "retry.maxWaitMs": retry.maxWaitMs });
  if (ack !== "complete") {
    checkAtLeastOrFalse("sync", 1, { "ack.every": ack.every });
    checkAtLeastOrFalse("sync", 0, { "ack.intervalMs": ack.intervalMs });
  }
  if (typeof full === "object") {
    checkOptions("sync", "full", full, ["everyMs", "lastFullAt"]);
    checkAtLeast("sync", 0, {
      "full.everyMs": full.everyMs,
      "full.lastFullAt": full.lastFullAt ?? 0,
    });
  } else if (typeof full !== "boolean") {
    checkChoice("sync", "full", full, ["wipe"]);
  }
  checkChoice("sync", "onPoison", onPoison, ["fail", "skip"]);
  if (
    typeof source?.syncStream !== "function" ||
    typeof source.syncAck !== "function"
  ) {
    throw new TypeError(
      'Cannot sync: the source must have the functions "syncStream" and "syncAck"',
    );
  }
  if (serverVersion !== undefined && serverVersion !== false) {
    checkServerVersion(serverVersion);
  }
  return {
    batchSize,
    full,
    serverVersion,
    retry,
    ack,
    budget: budget ?? toBudget(options, env),
    maxResets,
    maxPauseMs,
    onPoison,
    onProgress,
    source,
    call: toCallOptions(options),
    stream: {
      checkRows: true,
      ...pickDefined(options, ["compression", "maxLineBytes"]),
    },
    onTrace: traceOf(options),
    signal,
    env,
  };
}

function withDefaults<T extends object>(
  name: string,
  group: T | undefined,
  defaults: Required<T>,
): Required<T> {
  if (group === undefined) return defaults;
  const names = Object.keys(defaults) as (keyof T & string)[];
  checkOptions("sync", name, group, names);
  return { ...defaults, ...pickDefined(group, names) };
}
