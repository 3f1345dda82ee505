/**
 * Stops a run so that nothing that is stored has to be sent again.
 *
 * An abort ends a run at once, without acknowledging what it has stored since
 * the last ack. So Ctrl-C first ends only the stream, as if the connection had
 * dropped: the run then stores and acknowledges what has arrived. The abort
 * follows when the run is about to reconnect.
 *
 * @module
 */
import type { Fetch } from "../http/mod.ts";
import type { SyncState } from "../sync/mod.ts";

/** What a run needs, so that it can be stopped. */
export interface CleanStop {
  /** Sends the requests of the run. */
  fetch: Fetch;
  /** The signal of the run. */
  signal: AbortSignal;
  /** Must be called with each state of the run. */
  onState(state: SyncState): void;
}

/** Creates what a run needs, so that an interrupt can stop it. */
export function cleanStop(fetch: Fetch, interrupt: AbortSignal): CleanStop {
  const end = new AbortController();
  let isStreaming = false;

  function stop(): void {
    if (interrupt.aborted && !isStreaming) end.abort(interrupt.reason);
  }
  interrupt.addEventListener("abort", stop);
  stop();
  return {
    fetch(url, init) {
      if (!url.endsWith("/api/sync/stream")) return fetch(url, init);
      const signals = init.signal ? [init.signal, interrupt] : [interrupt];
      return fetch(url, { ...init, signal: AbortSignal.any(signals) });
    },
    signal: end.signal,
    onState(state) {
      isStreaming = state === "streaming" || state === "resetting";
      stop();
    },
  };
}
