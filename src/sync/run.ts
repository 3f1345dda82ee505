/**
 * The sync loop: reads streams until everything is stored and acknowledged.
 *
 * @module
 */
import { SyncError, TruncatedStreamError } from "../errors/mod.ts";
import type { Session } from "../http/mod.ts";
import { adaptSyncTypes, type SyncRequestType } from "../protocol/mod.ts";
import { untilAbort } from "./abort.ts";
import { Acknowledger } from "./acknowledger.ts";
import { isRetryable, succeeds, waitAfter, withRetries } from "./retries.ts";
import { BudgetEnd, LEAST_REQUESTS } from "./budget.ts";
import { AckSet } from "./checkpoint.ts";
import { CurrentSync } from "./current_sync.ts";
import { hasLateAck } from "./late_acks.ts";
import { Patience } from "./patience.ts";
import { Progress } from "./progress.ts";
import { readAhead, type StreamEnd } from "./read_ahead.ts";
import { withBudget } from "./run_source.ts";
import { isFullSyncDue, lastFullSyncAt } from "./schedule.ts";
import type { RunSettings } from "./settings.ts";
import { takesLong } from "./silence.ts";
import type { RunSteps, SyncResult, SyncStart } from "./steps.ts";
import { traitsOf } from "./stream_traits.ts";

/** How a stream ended. A stream is overtaken if a late ack may make it omit rows. */
type RunStreamEnd = StreamEnd | { ended: "overtaken" };

/**
 * Runs a sync. Returning early from the generator ends the run and acknowledges
 * what is stored.
 *
 * @param sweeps Whether the consumer itself deletes what a full sync did not include.
 */
export async function* run(
  session: Session,
  types: readonly SyncRequestType[],
  settings: RunSettings,
  sweeps: boolean,
): RunSteps {
  const { budget, call, env, signal } = settings;
  const source = withBudget(settings.source, budget);
  const isFull = isFullSyncDue(settings.full, env.now());
  const wipesFirst = settings.full === "wipe" || !sweeps;
  const progress = new Progress(settings, isFull);
  const patience = new Patience(call.idleTimeoutMs, env.now);
  let server = traitsOf(undefined);
  let current = new CurrentSync();
  /** How the sync in progress began in the local copy. */
  let start: SyncStart = { full: false, startedAt: env.now(), types };
  /** How often an ack has moved a checkpoint to a new row. */
  let moves = 0;
  /** Whether the consumer deletes rows when the sync ends. */
  let isSweep = false;
  const acks = new Acknowledger({
    schedule: settings.ack,
    now: env.now,
    post(acks) {
      current.sent?.addAll(acks);
      return source.syncAck(session, acks, call);
    },
    startBatch: (type, events) => progress.startBatch(type, events),
    onMoved() {
      moves++;
      progress.failures = 0;
    },
    signal,
  });

  function retrying<T>(request: () => T | Promise<T>, least = 1): Promise<T> {
    return withRetries(request, progress, settings, least);
  }

  function sendStored(): Promise<void> {
    return retrying(() => acks.sendStored());
  }

  /** The number of requests needed for the next stream, its acks and the late-ack check. */
  function streamRequests(): number {
    return current.expectedAcks === undefined ? 2 : 3;
  }

  /** Reads one stream. */
  async function* stream(): RunSteps<RunStreamEnd> {
    const { hasTerminator, leaks } = server;
    budget.check(streamRequests());
    const endsEarly = !leaks && settings.ack !== "complete";
    const limits = endsEarly ? budget.limit(call) : call;
    progress.streams++;
    progress.enter("streaming");
    const movesBefore = moves;
    const { expectedAcks, fromZero, settling } = current;
    settling.open();
    const onBadLine = () => progress.skipped++;
    const events = await source.syncStream(session, types, {
      ...progress.trace?.follow(limits) ?? limits,
      ...settings.stream,
      reset: fromZero,
      terminator: hasTerminator ? "required" : "optional",
      onBytes(bytes) {
        progress.bytes += bytes;
        patience.check();
      },
      ...(settings.onPoison === "skip" ? { onBadLine } : {}),
    });
    current.fromZero = false;
    const maxPauseMs = leaks ? false : settings.maxPauseMs;
    const bytes = () => progress.bytes;
    const ahead = readAhead(events, { ...settings, bytes, maxPauseMs });
    let sendsAcks = true;
    try {
      if (current.beginsLate) yield* begin(true);
      const isOvertaken = expectedAcks !== undefined &&
        await hasLateAck(source, session, expectedAcks, call);
      if (isOvertaken) return { ended: "overtaken" };
      while (true) {
        const pending = patience.wait(ahead.next());
        const arrival = untilAbort(pending, limits.signal);
        // While the server is silent, rows must not wait in memory.
        if (await takesLong(arrival)) yield { type: "flush" };
        const next = await arrival;
        if ("ended" in next) {
          yield { type: "flush" };
          acks.add(ahead.acks().values());
          if (next.ended === "paused") await sendStored();
          const isInterruption = next.ended === "paused"
            ? moves === movesBefore
            : next.ended === "early" && hasTerminator;
          if (!isInterruption) return next;
          const { events: lines, bytes } = progress;
          const message = "Cannot sync: the stream ended before SyncCompleteV1";
          throw new TruncatedStreamError(message, { lines, bytes });
        }
        if (settling.add(next)) patience.renew();
        else patience.check();
        yield { type: "batch", batch: next, stored: acks.register(next) };
        sendsAcks &&= !leaks || budget.requests > 1;
        if (acks.isDue && sendsAcks) {
          yield { type: "flush" };
          // A stream that leaks must stay open, even if its acks fail.
          if (leaks) {
            sendsAcks = await succeeds(retrying(() => acks.sendStored(), 2));
          } else await acks.sendStored();
        }
        if (endsEarly) budget.check(1);
      }
    } catch (error) {
      if (isRetryable(error)) progress.trace?.addInterruption(error);
      throw error;
    } finally {
      await ahead.close();
    }
  }

  /** Acknowledges what is stored after a failure, and waits before the retry. */
  async function* recover(failure: unknown): RunSteps<void> {
    signal?.throwIfAborted();
    if (failure instanceof BudgetEnd) throw failure;
    yield { type: "flush" };
    // Acknowledged rows are not sent again. Rejected acks are not sent again
    // either, because they would be rejected again.
    if (!acks.hasFailed) {
      const isFinal = !isRetryable(failure);
      await (isFinal ? sendStored() : acks.sendStored())
        .catch((ackFailure) => failure = isFinal ? failure : ackFailure);
    }
    await waitAfter(failure, progress, settings, streamRequests());
    await sendStored();
  }

  /** Begins a full sync: on the server first, then in the local copy. */
  async function* beginFull(): RunSteps<void> {
    await forget();
    // Checkpoints are deleted before the wipe. Otherwise, if the run were
    // interrupted in between, the server would treat an empty copy as complete.
    await retrying(() => source.deleteSyncAcks?.(session, call));
    current.fromZero = server.resetsOnRequest;
    // Without this function, a stream from the beginning deletes the checkpoints.
    if (source.deleteSyncAcks === undefined) current.beginsLate = true;
    else yield* begin(true);
  }

  /** Forgets what arrived before a full sync. */
  async function forget(): Promise<void> {
    await acks.clear();
    current = new CurrentSync(new AckSet());
  }

  /** Begins a sync in the local copy. A full sync may wipe the copy first. */
  async function* begin(full: boolean, wipes = wipesFirst): RunSteps<void> {
    current.beginsLate = false;
    if (full && wipes) yield { type: "wipe" };
    progress.full = full;
    start = { full, startedAt: env.now(), types };
    const isUnfinished = yield { type: "begin", start };
    isSweep = sweeps && (full || !!isUnfinished);
  }

  /** Handles a reset: the consumer first, then the server. */
  async function* reset(ack: string): RunSteps<void> {
    if (progress.resets >= settings.maxResets) {
      throw new SyncError(
        `Cannot sync: the server sent more than ${settings.maxResets} resets`,
        { code: "reset_loop" },
      );
    }
    await forget();
    progress.addReset();
    yield* begin(true, !sweeps);
    // Servers 1.136 and 1.137 expect a request for a stream from the beginning, and no
    // ack. Never do both: a server that answers such a request with a reset would loop.
    if (ack === "") current.fromZero = true;
    else await retrying(() => source.syncAck(session, [ack], call));
  }

  function toResult(end: { complete: boolean; more: boolean }): SyncResult {
    const lastFullAt = start.full
      ? start.startedAt
      : lastFullSyncAt(settings.full);
    return progress.toResult({ ...end, lastFullAt });
  }

  try {
    signal?.throwIfAborted();
    budget.check(LEAST_REQUESTS);
    const version = settings.serverVersion ??
      await retrying(
        () => source.serverVersion?.(session, budget.limit(call)),
        LEAST_REQUESTS,
      );
    if (version) {
      types = adaptSyncTypes(types, version);
      server = traitsOf(version);
    }
    budget.check(3);
    if (isFull) yield* beginFull();
    else yield* begin(false);

    while (true) {
      let end: RunStreamEnd;
      try {
        end = yield* stream();
      } catch (failure) {
        yield* recover(failure);
        continue;
      }
      if (end.ended === "overtaken") {
        yield* beginFull();
        current.sent = undefined; // Try only once, in case the server never reports the same acks.
        continue;
      }
      if (end.ended === "reset") yield* reset(end.ack);
      if (end.ended === "reset" || end.ended === "paused") continue;
      const { settling } = current;
      if (acks.allStored && settling.needsFurther(isSweep, start.full)) {
        await retrying(() => acks.sendAll());
        continue;
      }
      const { ended, ack } = end;
      const complete = ended === "complete";
      const { isQuiet: quiet, isSnapshot } = settling;
      const snapshot = complete && ack === "" && isSnapshot;
      yield { type: "end", end: { ...start, quiet, snapshot } };
      await retrying(() =>
        acks.allStored ? acks.sendAll(ack) : acks.sendStored()
      );
      progress.enter("complete");
      return toResult({ complete, more: false });
    }
  } catch (error) {
    if (!(error instanceof BudgetEnd)) throw error;
    yield { type: "flush" };
    await sendStored();
    progress.enter("paused");
    return toResult({ complete: false, more: true });
  } finally {
    acks.isOver = true;
    budget.close();
    if (!/complete|paused/.test(progress.state)) progress.enter("failed");
    // If the consumer left the loop, acknowledge what it has stored.
    if (!acks.hasFailed) await acks.sendStored().catch(() => {});
  }
}
