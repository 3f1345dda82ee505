/**
 * Runs a sync again and again.
 *
 * @module
 */
import {
  AuthenticationError,
  type ImmichError,
  isImmichError,
} from "../errors/mod.ts";
import type { KeptSession } from "../auth/mod.ts";
import {
  backoffDelay,
  checkPositive,
  type Env,
  type Session,
  traceOf,
  type TraceOptions,
  wait,
} from "../http/mod.ts";
import { isTemporary } from "./retries.ts";
import type { SyncResult } from "./steps.ts";

/** The maximum wait after the first failed run, in milliseconds. */
const RETRY_MS = 10_000;

/** The maximum wait after any failed run, in milliseconds. */
const MAX_RETRY_MS = 900_000;

/** One run of a {@linkcode SyncWatch}: its result, or the error that ended it. */
export type WatchReport =
  & {
    /** The wait before the next run, in milliseconds. */
    waitMs: number;
  }
  & ({ result: SyncResult; error?: never } | {
    result?: never;
    error: ImmichError;
  });

/**
 * Keeps a copy in sync: an async iterator that runs a sync for each report that
 * you read.
 *
 * The iterator ends when its signal is aborted. It throws errors that a later
 * run cannot fix: invalid arguments, an ended session, or the processor's own
 * error.
 */
export interface SyncWatch extends AsyncGenerator<WatchReport, void> {
  /**
   * Starts the next run now or, if a run is in progress, right after that run.
   * After a failed run, the wait continues, because the server may have asked
   * for it.
   */
  wake(): void;
}

/** When the runs of a {@linkcode SyncWatch} start, and when they end. */
export interface WatchTiming extends TraceOptions {
  /** The time between two runs, in milliseconds. */
  everyMs?: number | undefined;
  /** Ends the watch. */
  signal?: AbortSignal | undefined;
}

/**
 * Runs a sync again and again.
 *
 * @param source A session, or a kept session, which signs in again at once after a 401.
 * @param sync Runs one sync.
 *
 * @throws {RangeError} If `everyMs` is out of range.
 */
export function watch(
  source: Session | KeptSession,
  sync: (session: Session) => Promise<SyncResult>,
  { everyMs = 60_000, signal, ...tracing }: WatchTiming,
  env: Env,
): SyncWatch {
  const onTrace = traceOf(tracing);
  checkPositive("watch", { everyMs });
  let isAwake = false;
  let wake = () => {};

  async function pause(ms: number, canWake: boolean): Promise<void> {
    const end = new AbortController();
    const stop = () => end.abort();
    if (canWake) wake = stop;
    signal?.addEventListener("abort", stop);
    try {
      if (!signal?.aborted && !(canWake && isAwake)) {
        const reason = canWake ? "schedule" : "retry";
        await wait(ms, reason, { env, signal: end.signal, onTrace });
      }
    } catch (error) {
      if (!end.signal.aborted) throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
      wake = () => {};
    }
  }

  async function* run(): AsyncGenerator<WatchReport, void> {
    let failures = 0;
    while (!signal?.aborted) {
      isAwake = false;
      let session: Session | undefined;
      let report: WatchReport;
      try {
        session = "get" in source ? await source.get() : source;
        const result = await sync(session);
        failures = 0;
        const jitter = 0.9 + env.random() / 5;
        report = { result, waitMs: result.more ? 0 : everyMs * jitter };
      } catch (error) {
        if (signal?.aborted) return;
        // A kept session checks whether the session has ended.
        const isRejected = error instanceof AuthenticationError &&
          session !== undefined && "get" in source;
        if (!isImmichError(error) || !(isRejected || isTemporary(error))) {
          throw error;
        }
        failures++;
        const maxMs = Math.max(everyMs, MAX_RETRY_MS);
        const backoff = { baseMs: RETRY_MS, maxMs, random: env.random };
        // A new session can help at once, unless the last one was new, too.
        const waitMs = isRejected && failures === 1
          ? 0
          : backoffDelay(failures, retryAfter(error), backoff);
        report = { error, waitMs };
      }
      yield report;
      await pause(report.waitMs, report.error === undefined);
    }
  }

  return Object.assign(run(), {
    wake() {
      isAwake = true;
      wake();
    },
  });
}

/** Returns the wait requested by an error, in milliseconds. */
function retryAfter(
  error: ImmichError & { retryAfterMs?: unknown },
): number | undefined {
  const { cause, retryAfterMs } = error;
  if (typeof retryAfterMs === "number") return retryAfterMs;
  return isImmichError(cause) ? retryAfter(cause) : undefined;
}
