/**
 * The faults that a test can inject.
 *
 * @module
 */

/** A request that the server received. */
export interface SeenRequest {
  /** The HTTP method. */
  method: string;
  /** The path and the query. */
  path: string;
  /** The headers, with names in lower case. */
  headers: Record<string, string>;
  /** The body; empty if there was none. */
  body: string;
}

/**
 * The requests that a fault applies to: requests for the sync stream, requests that
 * send acks, any request, or requests selected by a function.
 */
export type FaultTarget =
  | "stream"
  | "ack"
  | "any"
  | ((request: SeenRequest) => boolean);

/** Selects the requests that a {@linkcode Fault} applies to. */
export interface FaultTiming {
  /**
   * Which requests the fault applies to.
   * @default {"stream"}
   */
  on?: FaultTarget;
  /**
   * How many matching requests the fault applies to.
   * @default {1}
   */
  times?: number;
}

/** The body ends early. */
export interface TruncateFault extends FaultTiming {
  /** Truncates the body. */
  type: "truncate";
  /**
   * The body ends after this many bytes. A shorter body loses its last line or, if
   * compressed, its last byte.
   */
  atByte: number;
  /**
   * Whether the body ends without an error, as happens behind some proxies.
   * @default {false}
   */
  clean?: boolean;
}

/** The body stalls and never ends. */
export interface StallFault extends FaultTiming {
  /** Stalls the body. */
  type: "stall";
  /**
   * The body stalls after this many bytes. A shorter body stalls before its last
   * line or, if compressed, before its last byte.
   */
  atByte: number;
}

/** The body arrives one byte at a time. */
export interface SplitFault extends FaultTiming {
  /** Splits the body into single bytes. */
  type: "split";
}

/** The server does not process the request, and responds with an error status. */
export interface StatusFault extends FaultTiming {
  /** Responds with an error status. */
  type: "status";
  /** The status code. The body has the format of the server's version. */
  status: number;
  /** The message in the body. */
  message?: string;
  /** The value of the `retry-after` header. */
  retryAfterSeconds?: number;
}

/** The server does not process the request, and responds with an HTML page. */
export interface HtmlFault extends FaultTiming {
  /** Responds with a login page. */
  type: "html";
  /**
   * The status code.
   * @default {200}
   */
  status?: number;
}

/** The server does not process the request, and responds with a redirect. */
export interface RedirectFault extends FaultTiming {
  /** Responds with a redirect. */
  type: "redirect";
  /**
   * The status code.
   * @default {307}
   */
  status?: number;
  /**
   * The target of the redirect.
   * @default {"https://elsewhere.test/"}
   */
  location?: string;
}

/**
 * No response arrives. If the server is called in memory, `fetch` itself fails or waits.
 * Over a socket, the connection is already open, so the body fails or waits instead.
 */
export interface ConnectionFault extends FaultTiming {
  /**
   * `refuse`: the connection is refused. `drop`: the request is processed, but
   * the connection is lost before the response arrives. `hang`: no response
   * ever arrives.
   */
  type: "refuse" | "drop" | "hang";
}

/**
 * As if sent through a slow proxy, the request reaches the server late, even if
 * the client has already aborted it.
 */
export interface LateFault extends FaultTiming {
  /** Delays the request. */
  type: "late";
  /** The request reaches the server once this promise is fulfilled. */
  until: Promise<unknown>;
}

/**
 * The stream consists of a reset. Some compatible servers send such a reset for
 * no reason.
 */
export interface ResetFault extends FaultTiming {
  /** Replaces the stream with a reset. */
  type: "reset";
}

/** Every row is sent twice. */
export interface DuplicateFault extends FaultTiming {
  /** Repeats rows. */
  type: "duplicate";
}

/**
 * Before each line, a line with an unknown entity type is sent. The server accepts
 * the ack for that line.
 */
export interface UnknownFault extends FaultTiming {
  /** Adds lines with an unknown entity type. */
  type: "unknown";
  /**
   * The entity type.
   * @default {"ForkV1"}
   */
  entityType?: string;
}

/** The stream contains a line that is not an event. */
export interface PoisonFault extends FaultTiming {
  /** Adds a bad line. */
  type: "poison";
  /**
   * Number of the bad line, counted from 1. In a shorter stream, the bad line is
   * sent before the last line.
   */
  atLine: number;
  /**
   * What is wrong with the line: it is not JSON (`json`), not an event (`envelope`), not
   * UTF-8 (`utf8`) or too long (`long`).
   * @default {"json"}
   */
  as?: "json" | "envelope" | "utf8" | "long";
  /**
   * The length of a `long` line, in bytes.
   * @default {16 MiB and one byte}
   */
  lengthBytes?: number;
}

/**
 * The acks are empty or end with a pipe, like the acks of some compatible servers.
 */
export interface AcksFault extends FaultTiming {
  /** Changes the acks of all lines. */
  type: "acks";
  /** The form of the acks. */
  as: "empty" | "piped";
}

/** A fault to inject; `type` is the discriminator. */
export type Fault =
  | TruncateFault
  | StallFault
  | SplitFault
  | StatusFault
  | HtmlFault
  | RedirectFault
  | ConnectionFault
  | LateFault
  | ResetFault
  | DuplicateFault
  | UnknownFault
  | PoisonFault
  | AcksFault;

/** A fault of a given type. */
export type FaultOf<T extends Fault["type"]> = Fault & { type: T };

/** Finds the first fault of a given type. */
export function faultOf<T extends Fault["type"]>(
  faults: readonly Fault[],
  type: T,
): FaultOf<T> | undefined {
  return faults.find((fault): fault is FaultOf<T> => fault.type === type);
}

/** The faults that have not been applied yet. */
export class FaultQueue {
  #waiting: { faults: Fault[]; left: number }[] = [];

  /** Number of further requests that will be affected by the faults. */
  get size(): number {
    return this.#waiting.reduce((sum, { left }) => sum + left, 0);
  }

  /** Adds faults for the same request, which is selected by the first fault. */
  add(first: Fault, ...more: Fault[]): void {
    const { times = 1 } = first;
    if (times < 1) return;
    this.#waiting.push({ faults: [first, ...more], left: times });
  }

  /**
   * Returns the oldest faults that apply to a request. Removes faults that have
   * been applied to all of their requests.
   */
  take(request: SeenRequest): readonly Fault[] {
    const next = this.#waiting.find(({ faults: [first] }) =>
      isTarget(first!.on ?? "stream", request)
    );
    if (next === undefined) return [];
    next.left--;
    this.#waiting = this.#waiting.filter(({ left }) => left > 0);
    return next.faults;
  }

  /** Removes all faults. */
  clear(): void {
    this.#waiting = [];
  }
}

function isTarget(target: FaultTarget, request: SeenRequest): boolean {
  if (typeof target === "function") return target(request);
  if (target === "any") return true;
  const { method, path } = request;
  const end = target === "stream" ? "/api/sync/stream" : "/api/sync/ack";
  return method === "POST" && path.endsWith(end);
}
