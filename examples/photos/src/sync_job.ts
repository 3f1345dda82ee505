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
import {
  addProgress,
  addRequest,
  type Copy,
  EMPTY_COPY,
  endRun,
  failRun,
  mayHaveChanged,
  mayStart,
  nextWindowAt,
  SessionLimitError,
  startRun,
  startWindow,
  stop,
} from "./copy.ts";
import type { ObjectStorage } from "./env.ts";
import type { Logins } from "./logins.ts";
import { readYears } from "./photos.ts";
import type { Revocations } from "./revocations.ts";
import { MINUTE_MS, SECOND_MS } from "./times.ts";

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
 * A window waits for a `Retry-After` up to this long; after a longer one, an alarm
 * retries.
 */
const MAX_WAIT_MS = 10 * SECOND_MS;

/** An alarm that is this late will never fire. */
const OVERDUE_MS = MINUTE_MS;

/** An alarm may fire up to this long before its time. */
const EARLY_MS = SECOND_MS;

/** Options for {@linkcode SyncJob}. */
export interface SyncJobOptions {
  /** The Durable Object's storage. */
  storage: ObjectStorage;
  /** The user's sessions. */
  logins: Logins;
  /** Sessions to end on the server; the alarm retries those that have not ended yet. */
  revocations: Revocations;
  /** The interval between runs, in milliseconds; 0 for no automatic runs. */
  everyMs: number;
  /** Opens the copy. */
  openMirror: () => Promise<Mirror>;
  /** Called each time the copy's state has changed. */
  onChange: () => void;
  /**
   * Returns the time, in milliseconds since 1970.
   * @default {Date.now}
   */
  now?: () => number;
  /** The budget for each window.
   * @default {10 requests, 5 minutes}
   */
  budget?: BudgetOptions;
}

/** Syncs one copy. Only {@linkcode SyncJob.wake} waits until a window ends. */
export class SyncJob {
  readonly #options: SyncJobOptions;
  readonly #now: () => number;
  #copy: Copy = EMPTY_COPY;
  #window: AbortController | undefined;

  constructor(options: SyncJobOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** The state of the copy. */
  get copy(): Copy {
    return this.#copy;
  }

  /** Returns whether a click may start a run. */
  get mayStart(): boolean {
    return mayStart(this.#copy, this.#now());
  }

  /** Reads the state, and sets the alarm again if it is lost or overdue. */
  async load(): Promise<void> {
    const { storage } = this.#options;
    this.#copy = await storage.get<Copy>("copy") ?? EMPTY_COPY;
    await this.ensureAlarm();
  }

  /** If an alarm is needed, sets it, unless an alarm is already set and not overdue. */
  async ensureAlarm(): Promise<void> {
    if (this.#window !== undefined) return;
    const { storage } = this.#options;
    const alarm = await storage.getAlarm();
    const isSet = alarm !== null && alarm > this.#now() - OVERDUE_MS;
    // Even if the storage rejects writes, the copy can still be read.
    if (!isSet) await this.#schedule().catch(console.error);
  }

  /** Starts a run, unless one is under way. */
  async start(): Promise<void> {
    if (this.#copy.phase === "running") return await this.ensureAlarm();
    await this.#set(startRun(this.#copy, this.#now()));
    await this.#schedule();
  }

  /** Stops the copy, and aborts the window that is under way. */
  async stop(): Promise<void> {
    this.#window?.abort();
    await this.#set(stop(this.#copy));
    await this.#schedule();
  }

  /** Called by the alarm: does what is due, and sets the next alarm. */
  async wake(): Promise<void> {
    const { logins, revocations, everyMs } = this.#options;
    await logins.endExpired();
    const due = this.#now() + EARLY_MS;
    const at = nextWindowAt(this.#copy, everyMs, this.#now()) ?? Infinity;
    const isNewRun = at <= due && !this.#copy.run?.windows;
    await revocations.retry(isNewRun);
    if (at <= due && this.#copy.phase !== "ended") await this.#runWindow();
    await this.#schedule();
  }

  async #runWindow(): Promise<void> {
    const isUnderWay = this.#copy.phase === "running";
    const copy = isUnderWay ? this.#copy : startRun(this.#copy, this.#now());
    await this.#set(startWindow(copy));
    const { signal } = this.#window = new AbortController();
    try {
      const next = await this.#sync(signal);
      if (!signal.aborted) await this.#set(next);
    } catch (error) {
      if (!signal.aborted) await this.#fail(error);
    } finally {
      this.#window = undefined;
    }
  }

  /** Syncs for one window. Returns the copy's state after the window. */
  async #sync(signal: AbortSignal): Promise<Copy> {
    const session = await this.#options.logins.forCopy();
    if (session === undefined) return stop(this.#copy);
    const mirror = await this.#options.openMirror();
    let events = 0;
    const { more } = await mirror.sync(session, {
      budget: this.#options.budget ?? BUDGET,
      ack: { every: 10_000 }, // Rows wait in memory until they are acknowledged.
      signal,
      retry: { attempts: 3, maxWaitMs: MAX_WAIT_MS },
      whenBusy: "wait", // An interrupted window may hold the lease for a second.
      onProgress: (progress) => {
        this.#copy = addProgress(this.#copy, progress, events);
        events = progress.events;
        this.#options.onChange();
      },
      fetch: (url, init) => {
        this.#copy = addRequest(this.#copy);
        return fetch(url, init);
      },
    });
    if (more) return this.#copy;
    const ended = endRun(this.#copy, this.#now());
    // Counted here, and not for each page, because counting reads every row.
    if (!mayHaveChanged(this.#copy)) return ended;
    const { rows } = await mirror.status();
    return { ...ended, rows, years: await readYears(mirror) };
  }

  async #fail(error: unknown): Promise<void> {
    const { logins } = this.#options;
    if (error instanceof AuthenticationError) {
      // If the server does not respond, the next run checks again.
      await logins.checkCopy().catch(() => {});
      if (!await logins.hasAny()) return await this.#set(stop(this.#copy));
    }
    if (isImmichError(error)) console.warn(error.message);
    else if (!(error instanceof SessionLimitError)) console.error(error);
    const sessionAt = await logins.nextSessionAt();
    await this.#set(failRun(this.#copy, error, this.#now(), sessionAt));
  }

  async #schedule(): Promise<void> {
    const { storage, revocations, everyMs } = this.#options;
    const times = [
      nextWindowAt(this.#copy, everyMs, this.#now()),
      await revocations.nextAt(),
    ].filter((time) => time !== undefined);
    if (times.length === 0) await storage.deleteAlarm();
    else await storage.setAlarm(Math.min(...times));
  }

  async #set(copy: Copy): Promise<void> {
    this.#copy = copy;
    await this.#options.storage.put("copy", copy);
    this.#options.onChange();
  }
}
