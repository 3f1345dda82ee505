/**
 * The events of a trace, and the function that receives them.
 *
 * @module
 */
import {
  HttpError,
  type ImmichErrorCode,
  isImmichError,
} from "../errors/mod.ts";

/**
 * What failed: the `code` of an error, `"aborted"` if the caller aborted, or
 * `"other"` for any other error.
 */
export type TraceErrorCode = ImmichErrorCode | "aborted" | "other";

/**
 * An event for logs and traces, as plain JSON. Its `type` identifies the kind
 * of event. It contains no secrets, headers, bodies, rows or query strings.
 *
 * All events of a request have the same `requestId`: 16 hexadecimal digits. To
 * find out when something started, subtract `durationMs` from the time at which
 * the event was received.
 */
export type TraceEvent =
  /** A request is being sent. An `end` or an `error` follows. */
  | {
    type: "request";
    requestId: string;
    /** The HTTP method. */
    method: string;
    /** The origin of the server's address, such as `https://photos.example.com`. */
    origin: string;
    /** The path relative to the server's address, without the query. */
    path: string;
  }
  /** The status and the headers of a response have arrived. */
  | {
    type: "response";
    requestId: string;
    /** The HTTP status. */
    status: number;
    /** The time since the request, in milliseconds. */
    durationMs: number;
  }
  /** A request has succeeded, and its body was read or discarded. */
  | {
    type: "end";
    requestId: string;
    /** Number of bytes that were read, after decompression. */
    bytes: number;
    /** The time since the request, in milliseconds. */
    durationMs: number;
  }
  /** A request has failed, before or after its response arrived. */
  | {
    type: "error";
    requestId: string;
    /** What failed. */
    code: TraceErrorCode;
    /** The HTTP status, if a response arrived. */
    status?: number;
    /** The time since the request, in milliseconds. */
    durationMs: number;
  }
  /** A request with acks has succeeded. */
  | {
    type: "ack";
    requestId: string;
    /** Number of acks. */
    acks: number;
    /** The time since the request, in milliseconds. */
    durationMs: number;
  }
  /** A batch of a run is stored. */
  | {
    type: "batch";
    /** The id of the stream's request; absent if a `source` sent no request. */
    requestId?: string;
    /** The entity type, or `"other"` if it does not look like one. */
    entityType: string;
    /** Number of events in the batch. */
    events: number;
    /** The time since the batch was passed to the consumer, in milliseconds. */
    durationMs: number;
  }
  /** The server has reset a run, which starts over. */
  | {
    type: "reset";
    /** The id of the stream's request; absent if a `source` sent no request. */
    requestId?: string;
  }
  /** A stream of a run has ended early. The run resumes it with another stream. */
  | {
    type: "interruption";
    /** The id of the stream's request; absent if a `source` sent no request. */
    requestId?: string;
    /** What failed. */
    code: TraceErrorCode;
    /** The HTTP status, if an ack was rejected. */
    status?: number;
  }
  /** A run is about to retry, after a failure and a wait. */
  | {
    type: "retry";
    /** Number of consecutive failures. */
    failures: number;
    /** What failed last. */
    code: TraceErrorCode;
    /** The HTTP status, if there was a response. */
    status?: number;
  }
  /** A wait begins. */
  | {
    type: "wait";
    /**
     * What follows: a `retry`, the next run of a watch (`schedule`), the
     * `lease` on a busy mirror, or a `sign_in` that must not coincide with
     * another process's sign-in.
     */
    reason: "retry" | "schedule" | "lease" | "sign_in";
    /** The longest time that the wait can take, in milliseconds. */
    waitMs: number;
  };

/** Called with each event. */
export type OnTrace = (event: TraceEvent) => void;

/** The options that determine which function receives a call's events. */
export interface TraceOptions {
  /** Replaces the client's own function. */
  onTrace?: OnTrace | undefined;
  /** The client that sends the requests. */
  client?: { onTrace?: OnTrace } | undefined;
}

/**
 * Returns the function that receives a call's events. This function never
 * throws.
 *
 * @returns `undefined` if nothing is traced.
 * @throws {TypeError} If `onTrace` is not a function.
 */
export function traceOf(
  { client, onTrace = client?.onTrace }: TraceOptions,
): OnTrace | undefined {
  if (onTrace === undefined) return undefined;
  if (typeof onTrace !== "function") {
    throw new TypeError(
      `Cannot trace: onTrace must be a function, received ${typeof onTrace}`,
    );
  }
  // A broken hook cannot end a run, not even with a rejected promise.
  const report = async (event: TraceEvent) => {
    await onTrace.call(client, event);
  };
  return (event) => void report(event).catch(() => {});
}

/** Describes an error without quoting it. */
export function toTraceError(
  error: unknown,
  signal?: AbortSignal,
): { code: TraceErrorCode; status?: number } {
  if (!isImmichError(error)) {
    return { code: signal?.aborted ? "aborted" : "other" };
  }
  const { code } = error;
  return error instanceof HttpError ? { code, status: error.status } : { code };
}
