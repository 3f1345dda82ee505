/**
 * What can go wrong on the way, as a test asks for it.
 *
 * @module
 */

/** A request that the server has seen. */
export interface SeenRequest {
  /** Method. */
  method: string;
  /** Path and query. */
  path: string;
  /** Headers, names in lower case. */
  headers: Record<string, string>;
  /** Body, empty if there was none. */
  body: string;
}

/**
 * Which requests a fault may strike: the sync stream, the sending of acks, every
 * request, or those for which a function holds.
 */
export type FaultTarget =
  | "stream"
  | "ack"
  | "any"
  | ((request: SeenRequest) => boolean);

/** When a {@linkcode Fault} strikes. */
export interface FaultTiming {
  /**
   * Which requests it may strike.
   * @default {"stream"}
   */
  on?: FaultTarget;
  /**
   * How many of them it strikes.
   * @default {1}
   */
  times?: number;
}

/** The body ends early. */
export interface CutFault extends FaultTiming {
  /** Ends the body. */
  kind: "cut";
  /** Bytes that arrive before; a body that is shorter loses its last line, a compressed one its last byte. */
  atByte: number;
  /**
   * Whether the body ends in order, as behind some proxies, instead of failing.
   * @default {false}
   */
  clean?: boolean;
}

/** The body stops and never ends. */
export interface StallFault extends FaultTiming {
  /** Stops the body. */
  kind: "stall";
  /** Bytes that arrive before; a body that is shorter stops before its last line, a compressed one before its last byte. */
  atByte: number;
}

/** The body comes one byte at a time. */
export interface DripFault extends FaultTiming {
  /** Takes the body apart. */
  kind: "drip";
}

/** The request is answered with a status, and not carried out. */
export interface StatusFault extends FaultTiming {
  /** Answers with a status. */
  kind: "status";
  /** The status, with a body as this version of the server writes it. */
  status: number;
  /** What the body says. */
  message?: string;
  /** What the header `retry-after` says. */
  retryAfterSeconds?: number;
}

/** The request is answered with a page, and not carried out. */
export interface HtmlFault extends FaultTiming {
  /** Answers with a login page. */
  kind: "html";
  /**
   * The status.
   * @default {200}
   */
  status?: number;
}

/** The request is sent elsewhere, and not carried out. */
export interface RedirectFault extends FaultTiming {
  /** Answers with a redirect. */
  kind: "redirect";
  /**
   * The status.
   * @default {307}
   */
  status?: number;
  /**
   * Where to.
   * @default {"https://elsewhere.test/"}
   */
  location?: string;
}

/** No answer comes. In memory `fetch` fails or waits; a socket is open already, so there the body does. */
export interface SilenceFault extends FaultTiming {
  /**
   * `refuse`: there is no connection. `lose`: the connection breaks after the
   * request was carried out. `hang`: no answer ever comes.
   */
  kind: "refuse" | "lose" | "hang";
}

/** The stream is a reset, although the server wants none: compatible servers do so. */
export interface ResetFault extends FaultTiming {
  /** Replaces the stream. */
  kind: "reset";
}

/** Every row is sent twice. */
export interface DuplicateFault extends FaultTiming {
  /** Repeats rows. */
  kind: "duplicate";
}

/** A line of a type that only a fork has comes before each line; its ack is taken. */
export interface UnknownFault extends FaultTiming {
  /** Adds lines. */
  kind: "unknown";
  /**
   * The type.
   * @default {"ForkV1"}
   */
  type?: string;
}

/** A line that is no event stands among the others. */
export interface PoisonFault extends FaultTiming {
  /** Adds a line. */
  kind: "poison";
  /** Its number, from 1; a stream that is shorter has it before its last line. */
  atLine: number;
  /**
   * What is wrong: it is no JSON, no event, not UTF-8, or too long.
   * @default {"json"}
   */
  as?: "json" | "envelope" | "utf8" | "long";
  /**
   * Length of a line that is too long.
   * @default {16 MiB and one byte}
   */
  lengthBytes?: number;
}

/** Acks as compatible servers send them: empty, or with a pipe at the end. */
export interface AcksFault extends FaultTiming {
  /** Changes the acks of all lines. */
  kind: "acks";
  /** How they are. */
  as: "empty" | "piped";
}

/** What can go wrong with a request, told apart by `kind`. */
export type Fault =
  | CutFault
  | StallFault
  | DripFault
  | StatusFault
  | HtmlFault
  | RedirectFault
  | SilenceFault
  | ResetFault
  | DuplicateFault
  | UnknownFault
  | PoisonFault
  | AcksFault;

/** A fault of a kind. */
export type FaultOf<K extends Fault["kind"]> = Fault & { kind: K };

/** The fault of a kind among those that strike a request. */
export function faultOf<K extends Fault["kind"]>(
  faults: readonly Fault[],
  kind: K,
): FaultOf<K> | undefined {
  return faults.find((fault): fault is FaultOf<K> => fault.kind === kind);
}

/** The faults that wait for a request. */
export class FaultQueue {
  #waiting: { faults: Fault[]; left: number }[] = [];

  /** How many requests are yet to be struck. */
  get size(): number {
    return this.#waiting.reduce((sum, { left }) => sum + left, 0);
  }

  /** Adds faults that strike the same request: the first says which. */
  add(first: Fault, ...more: Fault[]): void {
    const { times = 1 } = first;
    if (times < 1) return;
    this.#waiting.push({ faults: [first, ...more], left: times });
  }

  /** Takes what strikes a request: the oldest that may. */
  take(request: SeenRequest): readonly Fault[] {
    const next = this.#waiting.find(({ faults: [first] }) =>
      isTarget(first!.on ?? "stream", request)
    );
    if (next === undefined) return [];
    next.left--;
    this.#waiting = this.#waiting.filter(({ left }) => left > 0);
    return next.faults;
  }

  /** Takes back what has not struck. */
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
