/**
 * Traces a run: its batches, resets, interruptions and retries.
 *
 * @module
 */
import { type CallOptions, type OnTrace, toTraceError } from "../http/mod.ts";

/** Matches entity types. A hostile server could send any other string as a type. */
const ENTITY_TYPE = /^[A-Z][A-Za-z]{0,63}V\d{1,2}$/;

/** Adds the events of one run to a trace. */
export class RunTrace {
  readonly #onTrace: OnTrace;
  /** The id of the current stream's request, if it has sent one. */
  #stream: { requestId?: string } = {};

  /** Creates a trace that does not have a stream yet. */
  constructor(onTrace: OnTrace) {
    this.#onTrace = onTrace;
  }

  /** Returns options for a stream's request. The events that follow get its id. */
  follow(options: CallOptions): CallOptions {
    const onTrace: OnTrace = (event) => {
      if (event.type === "request") {
        this.#stream = { requestId: event.requestId };
      }
      this.#onTrace(event);
    };
    return { ...options, onTrace };
  }

  /** Starts a batch. Returns a function to call once the batch is stored. */
  startBatch(type: string, events: number): () => void {
    const startedAt = performance.now();
    const stream = this.#stream;
    return () =>
      this.#onTrace({
        type: "batch",
        ...stream,
        entityType: ENTITY_TYPE.test(type) ? type : "other",
        events,
        durationMs: performance.now() - startedAt,
      });
  }

  /** Adds a reset by the server. */
  addReset(): void {
    this.#onTrace({ type: "reset", ...this.#stream });
  }

  /** Adds an interruption of the current stream. */
  addInterruption(error: unknown): void {
    const failure = toTraceError(error);
    this.#onTrace({ type: "interruption", ...this.#stream, ...failure });
  }

  /** Adds a retry. */
  addRetry(failures: number, error: unknown): void {
    this.#onTrace({ type: "retry", failures, ...toTraceError(error) });
  }
}
