/**
 * A copy's state and its transitions, as pure functions.
 *
 * @module
 */
import {
  AuthenticationError,
  HttpError,
  type ImmichErrorCode,
  isImmichError,
  SyncError,
  type SyncProgress,
} from "@immich-edge/sync";
import { backoffMs, DAY_MS } from "./times.ts";

/**
 * `idle`: no run is under way; `running`: a run is under way; `waiting`: a retry is
 * scheduled; `ended`: nothing happens until someone signs in.
 */
export type CopyPhase = "idle" | "running" | "waiting" | "ended";

/** A copy's state, as it is stored. */
export interface Copy {
  /** What the copy is doing. */
  phase: CopyPhase;
  /** The current run, or else the last one. */
  run?: CopyRun;
  /** Why the last run failed, if it did. */
  failure?: CopyFailure;
  /** When the copy was last up to date, in milliseconds since 1970. */
  syncedAt?: number;
  /** Number of rows in each table when the copy was last up to date. */
  rows: Record<string, number>;
  /** The years that have photos, newest first; "" for photos without a date. */
  years: string[];
}

/** A run. It is split into windows: each is one `sync()` call with a budget. */
export interface CopyRun {
  /** When the run started, in milliseconds since 1970. */
  startedAt: number;
  /** When the run ended. */
  endedAt?: number;
  /** Number of stored events by type. */
  counts: Record<string, number>;
  /** Type of the events that were stored last. */
  type?: string;
  /** Number of stored events. */
  events: number;
  /** Number of requests to the server. */
  requests: number;
  /** Number of windows. */
  windows: number;
}

/** A failure. */
export interface CopyFailure {
  /**
   * What went wrong; `unexpected` stands for an error not defined by the sync
   * library.
   */
  code: ImmichErrorCode | "session_limit" | "unexpected";
  /** The message of an error defined by the sync library. */
  detail?: string;
  /** Number of consecutive failures. */
  attempts: number;
  /** When to retry, in milliseconds since 1970. */
  retryAt: number;
  /**
   * The time before which even a click cannot start a run, in milliseconds since 1970:
   * the server sent `Retry-After`, or no session can be created earlier.
   */
  blockedUntil: number;
}

/** The copy needs another session, but got its last one less than five minutes ago. */
export class SessionLimitError extends Error {
  override readonly name = "SessionLimitError";

  constructor() {
    super("Cannot create a session for the copy: the last one is too recent");
  }
}

/** An empty copy. */
export const EMPTY_COPY: Copy = { phase: "idle", rows: {}, years: [] };

/** Starts a run. */
export function startRun(copy: Copy, now: number): Copy {
  const run: CopyRun = {
    startedAt: now,
    counts: {},
    events: 0,
    requests: 0,
    windows: 0,
  };
  return { ...copy, phase: "running", run };
}

/**
 * Adds the events that were stored since the last report.
 *
 * @param before Number of events in the last report. Reports count events from the
 * start of the window.
 */
export function addProgress(
  copy: Copy,
  { type, events }: Pick<SyncProgress, "type" | "events">,
  before: number,
): Copy {
  const { run } = copy;
  if (run === undefined || type === undefined || events === before) return copy;
  const more = events - before;
  const counts = { ...run.counts, [type]: (run.counts[type] ?? 0) + more };
  return { ...copy, run: { ...run, type, counts, events: run.events + more } };
}

/** Starts a window. Interrupted windows are counted too. */
export function startWindow(copy: Copy): Copy {
  const { run } = copy;
  if (run === undefined) return copy;
  return { ...copy, run: { ...run, windows: run.windows + 1 } };
}

/** Counts a request. */
export function addRequest(copy: Copy): Copy {
  const { run } = copy;
  if (run === undefined) return copy;
  return { ...copy, run: { ...run, requests: run.requests + 1 } };
}

/**
 * Returns whether a complete run may have changed the copy. The run's event count
 * may lack events that were stored in an interrupted window or before a failure.
 */
export function mayHaveChanged({ run, failure, syncedAt }: Copy): boolean {
  const isWhole = run?.windows === 1 && failure === undefined;
  return !isWhole || run.events > 0 || syncedAt === undefined;
}

/** Ends a run that has completed. */
export function endRun(copy: Copy, now: number): Copy {
  const { failure: _, run, ...rest } = copy;
  return {
    ...rest,
    phase: "idle",
    syncedAt: now,
    ...(run === undefined ? {} : { run: { ...run, endedAt: now } }),
  };
}

/** Stops a copy because nobody is signed in. */
export function stop({ failure: _, ...copy }: Copy): Copy {
  return { ...copy, phase: "ended" };
}

/**
 * Ends a run that failed. The copy keeps its rows, and the next run resumes after the
 * last acknowledged batch.
 *
 * @param sessionAt The earliest time at which the copy can get a session, in
 * milliseconds since 1970.
 */
export function failRun(
  copy: Copy,
  error: unknown,
  now: number,
  sessionAt = 0,
): Copy {
  const isLimit = error instanceof SessionLimitError;
  const attempts = (copy.failure?.attempts ?? 0) + (isLimit ? 0 : 1);
  const cause = error instanceof SyncError ? error.cause ?? error : error;
  const asked = cause instanceof HttpError ? cause.retryAfterMs ?? 0 : 0;
  const blockedUntil = Math.min(Math.max(now + asked, sessionAt), now + DAY_MS);
  const backoff = attempts === 0 ? 0 : backoffMs(attempts);
  const failure: CopyFailure = {
    ...describe(error, cause),
    attempts,
    blockedUntil,
    retryAt: Math.max(blockedUntil, now + backoff),
  };
  return { ...copy, phase: "waiting", failure };
}

function describe(
  error: unknown,
  cause: unknown,
): Pick<CopyFailure, "code" | "detail"> {
  if (error instanceof SessionLimitError) return { code: "session_limit" };
  if (!isImmichError(error) || !isImmichError(cause)) {
    return { code: "unexpected" };
  }
  // Someone is still signed in, so the user's session has not ended.
  const code = cause instanceof AuthenticationError ? "http" : cause.code;
  return { code, detail: error.message };
}

/** Returns whether a click may start a run. */
export function mayStart({ phase, failure }: Copy, now: number): boolean {
  if (phase === "running") return false;
  return !isAhead(failure?.blockedUntil ?? 0, now, DAY_MS);
}

/**
 * Returns when the next window is due, in milliseconds since 1970; `undefined` if
 * only a user can start it.
 *
 * @param everyMs The interval between runs, in milliseconds; 0 for no automatic runs.
 */
export function nextWindowAt(
  { phase, failure, syncedAt }: Copy,
  everyMs: number,
  now: number,
): number | undefined {
  if (phase === "running") return now;
  if (phase === "waiting") {
    const { retryAt = now } = failure ?? {};
    return isAhead(retryAt, now, DAY_MS) ? retryAt : now;
  }
  if (phase === "ended" || everyMs === 0 || syncedAt === undefined) {
    return undefined;
  }
  const at = syncedAt + everyMs;
  return isAhead(at, now, everyMs) ? at : now;
}

/**
 * Returns whether a stored time is still to come. A time too far ahead does
 * not count, because the clock must have been set back.
 */
function isAhead(time: number, now: number, longestMs: number): boolean {
  return time > now && time <= now + longestMs;
}
