/** Fault × phase → outcome. A missing cell does not compile. */
import type { ImmichError } from "../../mod.ts";

/** How far a stream of three rows has progressed when the fault occurs. */
export type Phase =
  | "before the response head"
  | "after the response head"
  | "after the first byte"
  | "within a line"
  | "within a character"
  | "between lines"
  | "after SyncCompleteV1";

/** Faults in the body of a stream. */
export type BodyFault =
  | "the connection closes"
  | "a chunk is truncated"
  | "the connection is reset"
  | "the server stalls"
  | "the server sends single bytes";

/** Responses that replace the stream, and no response at all. */
export type HeadFault =
  | "the port is closed"
  | "the response is a 401"
  | "the response is a 403"
  | "the response is a 429 with Retry-After"
  | "the response is a 500"
  | "the response is a 502 with an HTML page"
  | "the response is a 503"
  | "the response is a 200 with an HTML page"
  | "the response is a redirect";

export type Fault = BodyFault | HeadFault;

/** What happens after a fault. */
export interface Outcome {
  /** Number of events delivered by `syncStream`. */
  events: number;
  /**
   * The code of the error then thrown by `syncStream`; `null` if there is none.
   */
  code: ImmichError["code"] | null;
  /**
   * What `sync` does: it completes with this stream, completes with another
   * one, or fails with the same code.
   */
  run: "is not disturbed" | "resumes" | "fails";
  /** How long `sync` waits before it opens another stream. */
  waitMs?: number;
}

/** Every event in the stream: three rows and SyncCompleteV1. */
const UNDISTURBED: Outcome = { events: 4, code: null, run: "is not disturbed" };

/** There is no open chunk to truncate: the connection just closes. */
const NO_CHUNK = null;

/** The head, with its status, has already been sent. */
const HAS_HEAD = null;

function resumes(events: number, code: ImmichError["code"]): Outcome {
  return { events, code, run: "resumes", waitMs: 0 };
}

function fails(code: ImmichError["code"]): Outcome {
  return { events: 0, code, run: "fails" };
}

/**
 * Returns the outcomes of a response that replaces the stream. This is only
 * possible before the head is sent.
 */
function instead(outcome: Outcome): Record<Phase, Outcome | null> {
  return {
    "before the response head": outcome,
    "after the response head": HAS_HEAD,
    "after the first byte": HAS_HEAD,
    "within a line": HAS_HEAD,
    "within a character": HAS_HEAD,
    "between lines": HAS_HEAD,
    "after SyncCompleteV1": HAS_HEAD,
  };
}

export const OUTCOMES: Record<Fault, Record<Phase, Outcome | null>> = {
  // This looks like the normal end of a body, even if rows are missing.
  "the connection closes": {
    "before the response head": resumes(0, "connection"),
    "after the response head": resumes(0, "truncated"),
    "after the first byte": resumes(0, "truncated"),
    "within a line": resumes(1, "truncated"),
    "within a character": resumes(1, "truncated"),
    "between lines": resumes(2, "truncated"),
    "after SyncCompleteV1": UNDISTURBED,
  },
  "a chunk is truncated": {
    "before the response head": NO_CHUNK,
    "after the response head": resumes(0, "connection"),
    "after the first byte": resumes(0, "connection"),
    "within a line": resumes(1, "connection"),
    "within a character": resumes(1, "connection"),
    "between lines": resumes(2, "connection"),
    "after SyncCompleteV1": UNDISTURBED,
  },
  "the connection is reset": {
    "before the response head": resumes(0, "connection"),
    "after the response head": resumes(0, "connection"),
    "after the first byte": resumes(0, "connection"),
    "within a line": resumes(1, "connection"),
    "within a character": resumes(1, "connection"),
    "between lines": resumes(2, "connection"),
    "after SyncCompleteV1": UNDISTURBED,
  },
  "the server stalls": {
    "before the response head": resumes(0, "idle_timeout"),
    "after the response head": resumes(0, "idle_timeout"),
    "after the first byte": resumes(0, "idle_timeout"),
    "within a line": resumes(1, "idle_timeout"),
    "within a character": resumes(1, "idle_timeout"),
    "between lines": resumes(2, "idle_timeout"),
    "after SyncCompleteV1": UNDISTURBED,
  },
  "the server sends single bytes": {
    "before the response head": UNDISTURBED,
    "after the response head": UNDISTURBED,
    "after the first byte": UNDISTURBED,
    "within a line": UNDISTURBED,
    "within a character": UNDISTURBED,
    "between lines": UNDISTURBED,
    "after SyncCompleteV1": UNDISTURBED,
  },
  "the port is closed": instead(resumes(0, "connection")),
  "the response is a 401": instead(fails("authentication")),
  "the response is a 403": instead(fails("authorization")),
  "the response is a 429 with Retry-After": instead({
    ...resumes(0, "http"),
    waitMs: 7000,
  }),
  "the response is a 500": instead(resumes(0, "http")),
  "the response is a 502 with an HTML page": instead(resumes(0, "http")),
  "the response is a 503": instead(resumes(0, "http")),
  "the response is a 200 with an HTML page": instead(fails("protocol")),
  "the response is a redirect": instead(fails("http")),
};
