/**
 * A part of a run that fits into one request of a worker.
 *
 * @module
 */
import {
  deleteSyncAcks,
  getSyncAcks,
  serverVersion,
  type Session,
  syncAck,
  type SyncProgress,
  syncStream,
} from "@immich-edge/sync";
import type { Mirror } from "@immich-edge/sync/mirror";

/**
 * Requests after which a window closes. The free plan allows 50 in one request
 * of the worker, and a few are on their way when it closes.
 */
const MAX_REQUESTS = 40;

/**
 * Events after which a window closes. They take about 1.6 seconds of CPU time
 * (`deno task bench:photos`, 2026-11), and one request may take 30 seconds.
 */
const MAX_EVENTS = 40_000;

/**
 * Time after which a window closes, in milliseconds: the object is let go a
 * third of the way to the 15 minutes that an alarm may take.
 */
const MAX_MS = 5 * 60_000;

/** Longest `Retry-After` to wait for within a window, in milliseconds. */
const MAX_WAIT_MS = 10_000;

/** Told of what a window does. */
export interface WindowWatcher {
  /** Ends the window. */
  signal: AbortSignal;
  /** Called when something is stored; counts from the start of the window. */
  onProgress(progress: SyncProgress): void;
  /** Called for each request to the server. */
  onRequest(): void;
}

/** Why a run is broken off that goes on in the next window. */
const CLOSED = new Error("The window is closed");

/**
 * Brings a copy forward, for as long as a worker may. A window closes right after
 * an ack, so that nothing comes twice.
 *
 * @returns Whether the copy is up to date; if not, another window has to go on.
 * @throws As `sync` does.
 */
export async function syncWindow(
  mirror: Mirror,
  session: Session,
  { signal, onProgress, onRequest }: WindowWatcher,
): Promise<boolean> {
  const window = new AbortController();
  let requests = 0;
  let events = 0;
  const close = () => window.abort(CLOSED);
  const source = {
    syncStream,
    getSyncAcks,
    deleteSyncAcks,
    serverVersion,
    async syncAck(...args: Parameters<typeof syncAck>) {
      await syncAck(...args);
      if (requests >= MAX_REQUESTS || events >= MAX_EVENTS) close();
    },
  };
  const timer = setTimeout(close, MAX_MS);
  try {
    await mirror.sync(session, {
      signal: AbortSignal.any([signal, window.signal]),
      source,
      ack: { every: 10_000, intervalMs: 1000 }, // A window closes after an ack.
      retry: { attempts: 3, maxWaitMs: MAX_WAIT_MS }, // An alarm waits longer.
      whenBusy: "wait", // A window that was torn down holds it for a second.
      onProgress(progress) {
        events = progress.events;
        onProgress(progress);
      },
      fetch: (url, init) => {
        requests++;
        onRequest();
        return fetch(url, init);
      },
    });
    return true;
  } catch (error) {
    if (error === CLOSED) return false;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
