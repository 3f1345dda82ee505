/**
 * Keeps a copy up to date: decides when to sync, and runs one window after another.
 *
 * @module
 */
import {
  AuthenticationError,
  type BudgetOptions,
  isImmichError,
} from "@immich-edge/sync";
import type { Mirror } from "@immich-edge/sync/mirror";
import { type Copy, type CopyRun, EMPTY_COPY, toFailure } from "./copy.ts";
import type { ObjectStorage } from "./env.ts";
import { type Logins, SessionLimitError } from "./logins.ts";
import type { Revocations } from "./revocations.ts";
import { summarize } from "./summary.ts";
import { DAY_MS, dueAt, MINUTE_MS, SECOND_MS } from "./times.ts";

/**
 * The budget of a window, which is one part of a run. An invocation may send 50
 * requests on the free plan, and may use 30 seconds of CPU time. Ten requests store
 * about 60,000 events, which takes 1.6 seconds (`deno task bench:photos`, 2026-11).
 * An alarm may run for 15 minutes.
 */
export const BUDGET: { requests: number; durationMs: number } = {
  requests: 10,
  durationMs: 5 * MINUTE_MS,
};

/**
 * A window waits for a `Retry-After` of up to this long; for a longer one, an
 * alarm retries.
 */
const MAX_WAIT_MS = 10 * SECOND_MS;

/** An alarm that is this late will never fire. */
const OVERDUE_MS = MINUTE_MS;

/** An alarm may fire up to this long before its time. */
const EARLY_MS = SECOND_MS;

/** Options for {@linkcode SyncJob}. */
export interface SyncJobOptions {
  storage: ObjectStorage;
  logins: Logins;
  revocations: Revocations;
  /** The interval between runs, in milliseconds; 0 for no automatic runs. */
  everyMs: number;
  /** Opens the copy. */
  openMirror: () => Promise<Mirror>;
  /** Called each time the copy's state has changed. */
  onChange: () => void;
  /**
   * The budget for each window.
   * @default {10 requests, 5 minutes}
   */
  budget?: BudgetOptions;
}

/** Syncs one copy. Only {@linkcode SyncJob.wake} waits until a window ends. */
export class SyncJob {
  readonly #options: SyncJobOptions;
  #copy: Copy = EMPTY_COPY;
  #window: AbortController | undefined;

  constructor(options: SyncJobOptions) {
    this.#options = options;
  }

  /** The state of the copy. */
  get copy(): Copy {
    return this.#copy;
  }

  /** Whether a click may start a run. */
  get mayStart(): boolean {
    const { phase, failure } = this.#copy;
    const isBlocked = dueAt(failure?.blockedUntil ?? 0, DAY_MS) > Date.now();
    return phase !== "running" && !isBlocked;
  }

  /** Reads the state, and sets the alarm again if it is lost or overdue. */
  async load(): Promise<void> {
    this.#copy = await this.#options.storage.get<Copy>("copy") ?? EMPTY_COPY;
    await this.ensureAlarm();
  }

  /** If an alarm is needed, sets it, unless an alarm is already set and not overdue. */
  async ensureAlarm(): Promise<void> {
    if (this.#window !== undefined) return;
    const alarm = await this.#options.storage.getAlarm();
    const isSet = alarm !== null && alarm > Date.now() - OVERDUE_MS;
    // Even if the storage rejects writes, the copy can still be read.
    if (!isSet) await this.#schedule().catch(console.error);
  }

  /** Starts a run, unless one is under way. */
  async start(): Promise<void> {
    if (this.#copy.phase === "running") return await this.ensureAlarm();
    await this.#set({ ...this.#copy, phase: "running", run: toRun() });
    await this.#schedule();
  }

  /** Stops the copy, and aborts the window that is under way. */
  async stop(): Promise<void> {
    this.#window?.abort();
    await this.#set(toStopped(this.#copy));
    await this.#schedule();
  }

  /** Called by the alarm: does what is due, and sets the next alarm. */
  async wake(): Promise<void> {
    const { logins, revocations } = this.#options;
    await logins.endExpired();
    const isStarted = this.#copy.run?.windows === 0;
    await revocations.retry(isStarted);
    const at = this.#nextWindowAt ?? Infinity;
    if (at <= Date.now() + EARLY_MS) await this.#runWindow();
    await this.#schedule();
  }

  async #runWindow(): Promise<void> {
    const isUnderWay = this.#copy.phase === "running";
    const run = isUnderWay ? this.#copy.run! : toRun();
    run.windows++;
    await this.#set({ ...this.#copy, phase: "running", run });
    const { signal } = this.#window = new AbortController();
    try {
      const next = await this.#sync(run, signal).catch((error) =>
        signal.aborted ? this.#copy : this.#toFailed(error)
      );
      if (!signal.aborted) await this.#set(next);
    } finally {
      this.#window = undefined;
    }
  }

  /** Syncs for one window. Returns the copy's state after the window. */
  async #sync(run: CopyRun, signal: AbortSignal): Promise<Copy> {
    const { logins, openMirror, onChange, budget = BUDGET } = this.#options;
    const session = await logins.forCopy();
    if (session === undefined) return toStopped(this.#copy);
    const mirror = await openMirror();
    const { events: before } = run;
    const { more } = await mirror.sync(session, {
      budget,
      ack: { every: 10_000 }, // Rows wait in memory until they are acknowledged.
      signal,
      retry: { attempts: 3, maxWaitMs: MAX_WAIT_MS },
      whenBusy: "wait", // An interrupted window may hold the lease for a second.
      onProgress: ({ events }) => {
        run.events = before + events;
        onChange();
      },
    });
    if (more) return this.#copy;
    const { failure, ...copy } = this.#copy;
    const { events, windows } = run;
    // An interrupted or failed window may have stored events that `events` does
    // not include.
    const isCounted = windows === 1 && failure === undefined;
    const isUnchanged = isCounted && events === 0 && copy.syncedAt;
    // Only now, and not for each page, because a summary reads every row.
    const summary = isUnchanged ? {} : await summarize(mirror);
    return { ...copy, ...summary, phase: "idle", syncedAt: Date.now() };
  }

  /** Returns the copy's state after an error. */
  async #toFailed(error: unknown): Promise<Copy> {
    const { logins } = this.#options;
    if (error instanceof AuthenticationError) {
      // If the server does not respond, the next run checks again.
      await logins.checkCopy().catch(() => {});
      if (!await logins.hasAny()) return toStopped(this.#copy);
    }
    if (isImmichError(error)) console.warn(error.message);
    else if (!(error instanceof SessionLimitError)) console.error(error);
    const attempts = (this.#copy.failure?.attempts ?? 0) + 1;
    const failure = toFailure(error, attempts, await logins.nextSessionAt());
    return { ...this.#copy, phase: "waiting", failure };
  }

  /** When the next window is due; `undefined` if only a user can start it. */
  get #nextWindowAt(): number | undefined {
    const { phase, failure, syncedAt } = this.#copy;
    const { everyMs } = this.#options;
    if (phase === "running") return Date.now();
    if (phase === "waiting") return dueAt(failure!.retryAt, DAY_MS);
    const isManual = everyMs === 0 || syncedAt === undefined;
    if (phase === "ended" || isManual) return undefined;
    return dueAt(syncedAt + everyMs, everyMs);
  }

  async #schedule(): Promise<void> {
    const { storage, revocations } = this.#options;
    const times = [this.#nextWindowAt, await revocations.nextAt()]
      .filter((time) => time !== undefined);
    if (times.length === 0) await storage.deleteAlarm();
    else await storage.setAlarm(Math.min(...times));
  }

  async #set(copy: Copy): Promise<void> {
    this.#copy = copy;
    await this.#options.storage.put("copy", copy);
    this.#options.onChange();
  }
}

function toRun(): CopyRun {
  return { startedAt: Date.now(), events: 0, windows: 0 };
}

/** Returns the state of a copy that stops because nobody is signed in. */
function toStopped({ failure: _, ...copy }: Copy): Copy {
  return { ...copy, phase: "ended" };
}
