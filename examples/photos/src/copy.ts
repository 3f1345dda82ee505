/**
 * How a copy is, and what it does next: pure.
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

/** Waits after failures, in milliseconds. */
const FIRST_RETRY_MS = 60_000;
const LAST_RETRY_MS = 60 * 60_000;

/** What a copy does: nothing; a run; a wait for another try; nothing until somebody signs in. */
export type CopyPhase = "idle" | "running" | "waiting" | "ended";

/** How a copy is; survives in storage. */
export interface Copy {
  /** What it does. */
  phase: CopyPhase;
  /** The run that is under way, or was the last. */
  run?: CopyRun;
  /** What the run before this try failed with, if it did. */
  failure?: CopyFailure;
  /** When it was up to date, in milliseconds since 1970. */
  syncedAt?: number;
  /** Rows of each table, when it was up to date. */
  rows: Record<string, number>;
  /** Years that it has pictures of, when it was up to date; the newest first. */
  years: string[];
}

/** One run, over all its windows. */
export interface CopyRun {
  /** When it began, in milliseconds since 1970. */
  startedAt: number;
  /** When it ended. */
  endedAt?: number;
  /** Events that were stored, by type. */
  counts: Record<string, number>;
  /** Type of those that were stored last. */
  type?: string;
  /** Events that were stored. */
  events: number;
  /** Requests to the server. */
  requests: number;
  /** Windows that it took. */
  windows: number;
}

/** A failure, as far as a person has to know. */
export interface CopyFailure {
  /** What kind it is; `unexpected` is none of the library's. */
  code: ImmichErrorCode | "unexpected";
  /** What the library says of it. */
  detail?: string;
  /** How many there were in a row. */
  attempts: number;
  /** When to try again, in milliseconds since 1970. */
  retryAt?: number;
}

/** A copy of nothing. */
export const EMPTY_COPY: Copy = { phase: "idle", rows: {}, years: [] };

/** Begins a run. */
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

/** Adds what a window has stored since `before`; progress counts from the window's begin. */
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

/** Begins a window; those that are torn down count as well. */
export function startWindow(copy: Copy): Copy {
  const { run } = copy;
  if (run === undefined) return copy;
  return { ...copy, run: { ...run, windows: run.windows + 1 } };
}

/** Adds requests of a window. */
export function addRequests(copy: Copy, requests: number): Copy {
  const { run } = copy;
  if (run === undefined) return copy;
  return { ...copy, run: { ...run, requests: run.requests + requests } };
}

/**
 * Whether a run that has brought everything may have changed the copy: what a
 * window has stored that was torn down, or what came before a failure, is not
 * among its events.
 */
export function mayHaveChanged({ run, failure, syncedAt }: Copy): boolean {
  const isWhole = run?.windows === 1 && failure === undefined;
  return !isWhole || run.events > 0 || syncedAt === undefined;
}

/** Ends a run that has brought everything. */
export function endRun(copy: Copy, now: number): Copy {
  const { failure: _, run, ...rest } = copy;
  return {
    ...rest,
    phase: "idle",
    syncedAt: now,
    ...(run === undefined ? {} : { run: { ...run, endedAt: now } }),
  };
}

/**
 * Ends a run that failed. Whatever it was, the copy stays, and the next run goes
 * on from there: by itself, or after somebody has signed in.
 */
export function failRun(copy: Copy, error: unknown, now: number): Copy {
  const attempts = (copy.failure?.attempts ?? 0) + 1;
  const cause = toCause(error);
  const failure: CopyFailure = isImmichError(error) && isImmichError(cause)
    ? { code: cause.code, detail: error.message, attempts }
    : { code: "unexpected", attempts };
  if (cause instanceof AuthenticationError) {
    return { ...copy, phase: "ended", failure };
  }
  const asked = cause instanceof HttpError ? cause.retryAfterMs ?? 0 : 0;
  const delay = FIRST_RETRY_MS * 2 ** (attempts - 1);
  const retryAt = now + Math.max(asked, Math.min(delay, LAST_RETRY_MS));
  return { ...copy, phase: "waiting", failure: { ...failure, retryAt } };
}

/** What is wrong, where a run has given up after several attempts. */
function toCause(error: unknown): unknown {
  return error instanceof SyncError ? error.cause ?? error : error;
}

/** When the copy has to be woken, in milliseconds since 1970, if it has to. */
export function nextAlarm(
  { phase, failure }: Copy,
  everyMs: number,
  now: number,
): number | undefined {
  if (phase === "running") return now;
  if (phase === "waiting") return failure?.retryAt;
  return phase === "idle" && everyMs > 0 ? now + everyMs : undefined;
}
