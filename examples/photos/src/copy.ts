/**
 * A copy's state, as it is stored. All times are in milliseconds since 1970.
 *
 * @module
 */
import {
  AuthenticationError,
  HttpError,
  type ImmichErrorCode,
  isImmichError,
  SyncError,
} from "@immich-edge/sync";
import { SessionLimitError } from "./logins.ts";
import { backoffMs, DAY_MS } from "./times.ts";

/** A copy's state. */
export interface Copy {
  /**
   * `idle`: no run is under way; `running`: a run is under way; `waiting`: a retry is
   * scheduled; `ended`: nothing happens until someone signs in.
   */
  phase: "idle" | "running" | "waiting" | "ended";
  /** The current run, or else the last one. */
  run?: CopyRun;
  /** Why the last run failed, if it did. */
  failure?: CopyFailure;
  /** When the copy was last up to date. */
  syncedAt?: number;
  /** What the copy contained then: label → number. */
  contents: Record<string, number>;
  /** The years that had photos, newest first; "" for photos without a date. */
  years: string[];
}

/** A run. It is split into windows: each is one `sync()` call with a budget. */
export interface CopyRun {
  startedAt: number;
  /** Number of stored events. */
  events: number;
  /** Number of windows, including interrupted ones. */
  windows: number;
}

/** Why a run failed. */
export interface CopyFailure {
  /** `unexpected` stands for an error not defined by the sync library. */
  code: ImmichErrorCode | "session_limit" | "unexpected";
  /** The message of an error defined by the sync library. */
  detail?: string;
  /** Number of consecutive failures. */
  attempts: number;
  /** When to retry. */
  retryAt: number;
  /**
   * Even a click cannot start a run before this time, because the server sent
   * `Retry-After` or no session can be created earlier.
   */
  blockedUntil: number;
}

/** An empty copy. */
export const EMPTY_COPY: Copy = { phase: "idle", contents: {}, years: [] };

/**
 * Describes an error, and decides when to retry.
 *
 * @param attempts Number of consecutive failures, including this one.
 * @param sessionAt The earliest time at which the copy can get a session.
 */
export function toFailure(
  error: unknown,
  attempts: number,
  sessionAt: number,
): CopyFailure {
  const now = Date.now();
  const cause = error instanceof SyncError ? error.cause ?? error : error;
  const askedMs = cause instanceof HttpError ? cause.retryAfterMs ?? 0 : 0;
  const blockedUntil = Math.min(
    Math.max(now + askedMs, sessionAt),
    now + DAY_MS,
  );
  const retryAt = Math.max(blockedUntil, now + backoffMs(attempts));
  return { ...describe(error, cause), attempts, blockedUntil, retryAt };
}

function describe(
  error: unknown,
  cause: unknown,
): Pick<CopyFailure, "code" | "detail"> {
  if (error instanceof SessionLimitError) return { code: "session_limit" };
  if (!isImmichError(error)) return { code: "unexpected" };
  const { code } = isImmichError(cause) ? cause : error;
  // Someone is still signed in, so the user's session has not ended.
  const isRejected = cause instanceof AuthenticationError;
  return { code: isRejected ? "http" : code, detail: error.message };
}
