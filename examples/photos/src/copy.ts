/**
 * The state of a copy, and its transitions: pure functions.
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
 * Nothing to do; a run; a wait before a retry; nothing until someone signs in.
 */
export type CopyPhase = "idle" | "running" | "waiting" | "ended";

/** The state of a copy, as it is stored. */
export interface Copy {
  /** What the copy is doing. */
  phase: CopyPhase;
  /** The current run, or else the last one. */
  run?: CopyRun;
  /** The failure of the last run, if it failed. */
  failure?: CopyFailure;
  /** When the copy was last up to date, in milliseconds since 1970. */
  syncedAt?: number;
  /** Number of rows in each table at that time. */
  rows: Record<string, number>;
  /** The years that have photos, newest first; "" for photos without a date. */
  years: string[];
}

/** A run with all its windows. */
export interface CopyRun {
  /** When the run started, in milliseconds since 1970. */
  startedAt: number;
  /** When the run ended. */
  endedAt?: number;
  /** Number of stored events by type. */
  counts: Record<string, number>;
  /** Type of the last stored events. */
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
  /** What went wrong; `unexpected` is an error that the library does not define. */
  code: ImmichErrorCode | "session_limit" | "unexpected";
  /** The library's message. */
  detail?: string;
  /** Number of consecutive failures. */
  attempts: number;
  /** When to retry, in milliseconds since 1970. */
  retryAt: number;
  /**
   * Until when even a click must not start a run, in milliseconds since 1970: the
   * server asked for a wait, or no session can be created before.
   */
  blockedUntil: number;
}

/** The copy needs another session, but got one only minutes ago. */
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
 * @param before The number of events in that report; both count from the start of
 * the window.
 */
export function addProgress(
  copy: Copy,
  { type, events }: SyncProgress,
  before: number,
): Copy {
  const { run } = copy;
  if (run === undefined || type === undefined || events === before) return copy;
  const more = events - before;
  const counts = { ...run.counts, [type]: (run.counts[type] ?? 0) + more };
  return { ...copy, run: { ...run, type, counts, events: run.events + more } };
}

/** Starts a window. Interrupted windows count as well. */
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
 * Returns whether a complete run may have changed the copy. The run's events do not
 * include what an interrupted window stored, or what arrived before a failure.
 */
export function mayHaveChanged({ run, failure, syncedAt }: Copy): boolean {
  const isWhole = run?.windows === 1 && failure === undefined;
  return !isWhole || run.events > 0 || syncedAt === undefined;
}

/** Ends a complete run. */
export function endRun(copy: Copy, now: number): Copy {
  const { failure: _, run, ...rest } = copy;
  return {
    ...rest,
    phase: "idle",
    syncedAt: now,
    ...(run === undefined ? {} : { run: { ...run, endedAt: now } }),
  };
}

/** Stops a copy that nobody is signed in for. */
export function stop({ failure: _, ...copy }: Copy): Copy {
  return { ...copy, phase: "ended" };
}

/**
 * Ends a run that failed. The copy keeps its rows, and the next run continues from
 * there.
 *
 * @param sessionAt When the copy can have a session, in milliseconds since 1970.
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
  // Someone is still signed in, so this is not the end of the user's session.
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
 * @param everyMs The time between two runs; 0 for none.
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
 * Returns whether a stored time is still to come. A time that is too far ahead is
 * wrong: the clock has been set back since.
 */
function isAhead(time: number, now: number, longestMs: number): boolean {
  return time > now && time <= now + longestMs;
}
