/**
 * Traces a request.
 *
 * @module
 */
import { toHex } from "./hex.ts";
import { sanitize } from "./redact.ts";
import { type OnTrace, toTraceError, type TraceEvent } from "./trace.ts";

/** An event without the properties that {@linkcode RequestTrace} adds. */
type OwnProperties<E> = E extends { requestId: string; durationMs: number }
  ? Omit<E, "requestId" | "durationMs">
  : never;

/** Traces one request. */
export class RequestTrace {
  readonly #onTrace: OnTrace;
  readonly #signal: AbortSignal | undefined;
  // Without HTTPS, browsers have no `randomUUID`.
  readonly #requestId = toHex(crypto.getRandomValues(new Uint8Array(8)));
  readonly #startedAt = performance.now();
  #status: number | undefined;
  #isOver = false;

  /**
   * Starts the trace with an event for the request.
   *
   * @param path The path relative to the server's address; may have a query.
   * @param secrets Strings to redact from the path.
   * @param signal The caller's signal.
   */
  constructor(
    onTrace: OnTrace,
    { method, url }: { method: string; url: string },
    path: string,
    secrets: readonly string[],
    signal: AbortSignal | undefined,
  ) {
    this.#onTrace = onTrace;
    this.#signal = signal;
    const [pathname = ""] = path.split("?");
    onTrace({
      type: "request",
      requestId: this.#requestId,
      method,
      origin: new URL(url).origin,
      path: sanitize(pathname, secrets, 200),
    });
  }

  /** Adds an event to the trace. */
  add(event: OwnProperties<TraceEvent>): void {
    const durationMs = performance.now() - this.#startedAt;
    this.#onTrace({ ...event, requestId: this.#requestId, durationMs });
  }

  /** Adds the event for the status and the headers of the response. */
  addResponse(status: number): void {
    this.#status = status;
    this.add({ type: "response", status });
  }

  /** Adds the last event, unless it has already been added. */
  end(failure?: unknown, bytes = 0): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (failure === undefined) return this.add({ type: "end", bytes });
    const { code } = toTraceError(failure, this.#signal);
    const status = this.#status;
    this.add({ type: "error", code, ...(status && { status }) });
  }
}
