/**
 * Stops a run so that the server does not have to resend stored rows.
 *
 * An abort ends a run at once, without acknowledging what the run has stored
 * since the last ack. So Ctrl-C first ends only the stream, as if the
 * connection had dropped: the run then stores and acknowledges what has
 * arrived. The abort follows when the run is about to reconnect.
 *
 * @module
 */
import type { Fetch } from "../http/mod.ts";
import type { SyncState } from "../sync/mod.ts";

/** What a run needs so that it can be stopped. */
export interface CleanStop {
  /** Sends the requests of the run. */
  fetch: Fetch;
  /** The signal of the run. */
  signal: AbortSignal;
  /** Must be called whenever the run's state changes. */
  onState(state: SyncState): void;
}

/** Creates what a run needs so that an interrupt can stop it. */
export function cleanStop(send: Fetch, interrupt: AbortSignal): CleanStop {
  const end = new AbortController();
  let isStreaming = false;

  function stop(): void {
    if (interrupt.aborted && !isStreaming) end.abort(interrupt.reason);
  }
  interrupt.addEventListener("abort", stop);
  stop();
  return {
    async fetch(url, init) {
      if (!url.endsWith("/api/sync/stream")) return await send(url, init);
      const signals = init.signal ? [init.signal, interrupt] : [interrupt];
      const signal = AbortSignal.any(signals);
      const response = await send(url, { ...init, signal });
      return response.ok && response.body !== null
        ? new Response(interruptible(response.body, interrupt), response)
        : response;
    },
    signal: end.signal,
    onState(state) {
      isStreaming = state === "streaming" || state === "resetting";
      stop();
    },
  };
}

const BUFFER_BYTES = 65_536;

/**
 * Returns a body that fails at once if the signal is aborted. In Deno, aborting
 * a request does not end its response body while received data is unread (2026-11).
 */
function interruptible(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const read = toRead(body);
  let fail = () => {};
  return new ReadableStream({
    type: "bytes",
    start(controller) {
      fail = () => {
        controller.error(signal.reason);
        read.cancel();
      };
      signal.addEventListener("abort", fail);
    },
    async pull(controller) {
      const { done, value } = await read.next();
      if (signal.aborted) return;
      if (!done) return controller.enqueue(value);
      signal.removeEventListener("abort", fail);
      controller.close();
      controller.byobRequest?.respond(0);
    },
    async cancel() {
      signal.removeEventListener("abort", fail);
      await read.cancel();
    },
  });
}

/** Reads large chunks where the runtime supports it, because each chunk costs time. */
function toRead(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
  try {
    const reader = body.getReader({ mode: "byob" });
    return {
      next: () => reader.read(new Uint8Array(BUFFER_BYTES)),
      cancel: () => reader.cancel().catch(() => {}),
    };
  } catch {
    const reader = body.getReader();
    return {
      next: () => reader.read(),
      cancel: () => reader.cancel().catch(() => {}),
    };
  }
}
