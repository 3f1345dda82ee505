/**
 * The sync loop: reads streams until everything is stored and acknowledged.
 *
 * @module
 */
import { SyncError } from "../errors/mod.ts";
import type { Env, Session } from "../http/mod.ts";
import {
  adaptSyncTypes,
  isAtLeast,
  type ServerVersion,
  type SyncRequestType,
} from "../protocol/mod.ts";
import { Acknowledger } from "./acknowledger.ts";
import { isRetryable, waitAfter } from "./attempts.ts";
import { AckSet } from "./checkpoint.ts";
import { hasLateAck } from "./late_acks.ts";
import type { SyncOptions } from "./options.ts";
import { Progress } from "./progress.ts";
import { readAhead, type StreamEnd } from "./read_ahead.ts";
import { type RunSettings, toSettings } from "./settings.ts";
import { Settling } from "./settling.ts";
import type { RunSteps, SyncStart } from "./steps.ts";

/** The number of batches to read ahead of the consumer. */
const MAX_BATCHES_AHEAD = 2;

/** How a stream ended; a stream is overtaken if a late ack may make it omit rows. */
type RunStreamEnd = StreamEnd | { ended: "overtaken" };

/**
 * Runs a sync. Returning early from the generator ends the run and acknowledges
 * what is stored.
 *
 * @param sweeps Whether the consumer itself deletes, at the end of a full sync, the
 * rows that did not arrive. If so, no wipe is needed before the sync.
 */
export async function* run(
  session: Session,
  requested: readonly SyncRequestType[],
  options: SyncOptions,
  sweeps: boolean,
  env: Env,
): RunSteps {
  const settings = toSettings(options, env);
  const { source, call, signal } = settings;
  const progress = new Progress(settings.onProgress);
  let types = requested;
  let hasTerminator = true;
  /** Whether the server is 3.2.0, which leaks a database connection with each ended request. */
  let leaks = false;
  let settling = new Settling();
  /** Whether the server starts from zero on request. */
  let resetsOnRequest = true;
  /** Whether the next stream must start from zero. */
  let fromZero = false;
  /** Whether a checkpoint has moved since the stream was opened. */
  let hasMoved = false;
  /** Acks of the full sync that started in this run, if any. */
  let sent: AckSet | undefined;
  const acks = new Acknowledger({
    schedule: settings.ack,
    now: env.now,
    post(acks) {
      sent?.addAll(acks);
      return source.syncAck(session, acks, call);
    },
    onStored: (type, events) => progress.addStored(type, events),
    onMoved() {
      hasMoved = true;
      progress.failures = 0;
    },
    signal,
  });

  /** Retries a request until it succeeds or a retry cannot help. */
  async function withRetries<T>(request: () => Promise<T>): Promise<T> {
    while (true) {
      try {
        return await request();
      } catch (error) {
        await waitAfter(error, progress, settings);
      }
    }
  }

  /** Reads one stream. */
  async function* stream(): RunSteps<RunStreamEnd> {
    progress.attempts++;
    progress.enter("streaming");
    hasMoved = false;
    settling.open();
    const { batchSize, onPoison } = settings;
    const maxPauseMs = leaks ? false : settings.maxPauseMs;
    const events = await source.syncStream(session, types, {
      ...call,
      ...settings.stream,
      reset: fromZero,
      terminator: hasTerminator ? "required" : "optional",
      onBytes: (bytes) => progress.bytes += bytes,
      ...(onPoison === "skip" ? { onBadLine: () => progress.skipped++ } : {}),
    });
    const isFromZero = fromZero;
    fromZero = false;
    const maxBatches = MAX_BATCHES_AHEAD;
    const ahead = readAhead(events, { batchSize, maxBatches, maxPauseMs });
    try {
      const isLate = sent !== undefined && !isFromZero &&
        await hasLateAck(source, session, sent, call);
      if (isLate) return { ended: "overtaken" };
      while (true) {
        const next = await ahead.next();
        signal?.throwIfAborted();
        if ("ended" in next) {
          yield { type: "flush" };
          acks.add(ahead.acks().values());
          if (next.ended === "early" && hasTerminator) {
            throw progress.toTruncatedError();
          }
          return next;
        }
        settling.add(next);
        yield { type: "batch", batch: next, stored: acks.register(next) };
        if (!acks.isDue) continue;
        yield { type: "flush" };
        const send = () => acks.sendStored();
        await (leaks ? withRetries(send) : send());
      }
    } finally {
      await ahead.close();
    }
  }

  /** Acknowledges what is stored after a failure, and waits before the retry. */
  async function* recover(failure: unknown): RunSteps<void> {
    signal?.throwIfAborted();
    yield { type: "flush" };
    if (!isRetryable(failure)) {
      // Acknowledged rows are not sent again in the next run. Acks that were rejected
      // are not sent, because they would be rejected again.
      if (!acks.hasFailed) {
        await withRetries(() => acks.sendStored()).catch(() => {});
      }
      signal?.throwIfAborted();
      throw failure;
    }
    let cause: unknown = failure;
    if (!acks.hasFailed) {
      await acks.sendStored().catch((ackFailure) => cause = ackFailure);
    }
    await waitAfter(cause, progress, settings);
    await withRetries(() => acks.sendStored());
  }

  /** Begins a full sync: on the server first, then in the local copy. */
  async function* beginFull(): RunSteps<SyncStart> {
    await forget();
    // Checkpoints are deleted before the wipe. Otherwise, if the run were
    // interrupted in between, the server would treat an empty copy as complete.
    await withRetries(async () => await source.deleteSyncAcks?.(session, call));
    fromZero = resetsOnRequest;
    return yield* beginCopy(settings.full === "wipe" || !sweeps);
  }

  /** Begins a full sync in the local copy. */
  async function* beginCopy(wipes: boolean): RunSteps<SyncStart> {
    if (wipes) yield { type: "wipe" };
    const start = { full: true, startedAt: env.now(), types };
    yield { type: "begin", start };
    return start;
  }

  /** Forgets what arrived before a full sync. */
  async function forget(): Promise<void> {
    await acks.clear();
    sent = new AckSet();
    settling = new Settling();
  }

  /** Handles a reset: the consumer first, then the server. */
  async function* reset(ack: string): RunSteps<SyncStart> {
    if (progress.resets >= settings.maxResets) {
      throw new SyncError(
        `Cannot sync: the server sent more than ${settings.maxResets} resets`,
        { code: "reset_loop" },
      );
    }
    await forget();
    progress.resets++;
    progress.enter("resetting");
    const start = yield* beginCopy(!sweeps);
    // Servers 1.136 to 1.137 expect a stream from zero instead of an ack. Never
    // do both, because a server that responds to such a stream with a reset would
    // loop.
    if (ack === "") fromZero = true;
    else await withRetries(() => source.syncAck(session, [ack], call));
    return start;
  }

  let outcome: "left" | "complete" | "failed" = "left";
  try {
    signal?.throwIfAborted();
    const version = await withRetries(() => readVersion(session, settings));
    if (version !== undefined) {
      types = adaptSyncTypes(requested, version);
      hasTerminator = isAtLeast(version, "1.141.0");
      resetsOnRequest = isAtLeast(version, "1.136.0");
      leaks = isAtLeast(version, "3.2.0") && !isAtLeast(version, "3.2.1");
    }
    let start: SyncStart = { full: false, startedAt: env.now(), types };
    let isOpen: boolean | void = false;
    if (isFullSyncDue(settings)) start = yield* beginFull();
    else isOpen = yield { type: "begin", start };

    while (true) {
      let end: RunStreamEnd;
      try {
        end = yield* stream();
      } catch (failure) {
        yield* recover(failure);
        continue;
      }
      if (end.ended === "overtaken") {
        start = yield* beginFull();
        sent = undefined; // Once is enough if a server never agrees.
      } else if (end.ended === "reset") {
        start = yield* reset(end.ack);
      } else if (end.ended === "paused") {
        await withRetries(() => acks.sendStored());
        if (hasMoved) continue;
        await waitAfter(progress.toTruncatedError(), progress, settings);
      } else if (
        acks.allStored &&
        settling.needsFurther(sweeps && (start.full || !!isOpen), start.full)
      ) {
        await withRetries(() => acks.sendComplete(""));
      } else {
        const ack = end.ended === "complete" ? end.ack : undefined;
        const quiet = settling.isQuiet;
        const snapshot = ack === "" && settling.isSnapshot;
        yield { type: "end", end: { ...start, quiet, snapshot } };
        const last = acks.allStored ? ack : "";
        await withRetries(() => acks.sendComplete(last ?? ""));
        progress.enter("complete");
        outcome = "complete";
        return progress.toResult(
          ack !== undefined,
          lastFullAt(start, settings),
        );
      }
    }
  } catch (error) {
    outcome = "failed";
    throw error;
  } finally {
    acks.isOver = true;
    if (outcome !== "complete") progress.enter("failed");
    // The consumer left; send the acks for what it has stored.
    if (outcome === "left" && !signal?.aborted) {
      await acks.sendStored().catch(() => {});
    }
  }
}

async function readVersion(
  session: Session,
  { source, serverVersion, call }: RunSettings,
): Promise<ServerVersion | undefined> {
  if (serverVersion !== undefined) return serverVersion || undefined;
  return await source.serverVersion?.(session, call);
}

function isFullSyncDue({ full, env }: RunSettings): boolean {
  if (typeof full !== "object") return full !== false;
  const { lastFullAt, everyMs } = full;
  return typeof lastFullAt !== "number" || env.now() - lastFullAt >= everyMs;
}

/** Returns when the last full sync started: this run, or the time that the caller passed. */
function lastFullAt(
  { full, startedAt }: SyncStart,
  settings: RunSettings,
): number | undefined {
  if (full) return startedAt;
  const { full: option } = settings;
  return typeof option === "object"
    ? option.lastFullAt ?? undefined
    : undefined;
}
