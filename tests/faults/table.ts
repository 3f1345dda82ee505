/** Fault × phase → outcome. A missing cell does not compile. */
import type { ImmichError } from "../../mod.ts";

/** How far a stream of three rows has progressed when the fault occurs. */
export type Phase =
  | "before the head"
  | "after the head"
  | "after the first byte"
  | "within a line"
  | "within a character"
  | "between lines"
  | "after SyncCompleteV1";

/** Faults in the body of a stream. */
export type BodyFault =
  | "a closed connection"
  | "a truncated chunk"
  | "a reset connection"
  | "a silent server"
  | "a byte-by-byte server";

/** Responses that replace the stream, and no response at all. */
export type HeadFault =
  | "a closed port"
  | "a 401 response"
  | "a 403 response"
  | "a 429 response with Retry-After"
  | "a 500 response"
  | "a 502 page"
  | "a 503 response"
  | "a 200 page"
  | "a redirect";

export type Fault = BodyFault | HeadFault;

/** What happens after a fault. */
export interface Outcome {
  /** Number of events that `syncStream` delivers. */
  events: number;
  /**
   * The code of the error that `syncStream` then fails with; `null` if it does
   * not fail.
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

/** Every event of the stream: three rows and SyncCompleteV1. */
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
 * Returns the outcomes of a response that replaces the stream, which is only
 * possible before the head.
 */
function instead(outcome: Outcome): Record<Phase, Outcome | null> {
  return {
    "before the head": outcome,
    "after the head": HAS_HEAD,
    "after the first byte": HAS_HEAD,
    "within a line": HAS_HEAD,
    "within a character": HAS_HEAD,
    "between lines": HAS_HEAD,
    "after SyncCompleteV1": HAS_HEAD,
  };
}

export const OUTCOMES: Record<Fault, Record<Phase, Outcome | null>> = {
  // This looks like the normal end of a body, even if rows are missing.
  "a closed connection": {
    "before the head": resumes(0, "connection"),
    "after the head": resumes(0, "truncated"),
    "after the first byte": resumes(0, "truncated"),
    "within a line": resumes(1, "truncated"),
    "within a character": resumes(1, "truncated"),
    "between lines": resumes(2, "truncated"),
    "after SyncCompleteV1": UNDISTURBED,
  },
  "a truncated chunk": {
    "before the head": NO_CHUNK,
    "after the head": resumes(0, "connection"),
    "after the first byte": resumes(0, "connection"),
    "within a line": resumes(1, "connection"),
    "within a character": resumes(1, "connection"),
    "between lines": resumes(2, "connection"),
    "after SyncCompleteV1": UNDISTURBED,
  },
  "a reset connection": {
    "before the head": resumes(0, "connection"),
    "after the head": resumes(0, "connection"),
    "after the first byte": resumes(0, "connection"),
    "within a line": resumes(1, "connection"),
    "within a character": resumes(1, "connection"),
    "between lines": resumes(2, "connection"),
    "after SyncCompleteV1": UNDISTURBED,
  },
  "a silent server": {
    "before the head": resumes(0, "idle_timeout"),
    "after the head": resumes(0, "idle_timeout"),
    "after the first byte": resumes(0, "idle_timeout"),
    "within a line": resumes(1, "idle_timeout"),
    "within a character": resumes(1, "idle_timeout"),
    "between lines": resumes(2, "idle_timeout"),
    "after SyncCompleteV1": UNDISTURBED,
  },
  "a byte-by-byte server": {
    "before the head": UNDISTURBED,
    "after the head": UNDISTURBED,
    "after the first byte": UNDISTURBED,
    "within a line": UNDISTURBED,
    "within a character": UNDISTURBED,
    "between lines": UNDISTURBED,
    "after SyncCompleteV1": UNDISTURBED,
  },
  "a closed port": instead(resumes(0, "connection")),
  "a 401 response": instead(fails("authentication")),
  "a 403 response": instead(fails("authorization")),
  "a 429 response with Retry-After": instead({
    ...resumes(0, "http"),
    waitMs: 7000,
  }),
  "a 500 response": instead(resumes(0, "http")),
  "a 502 page": instead(resumes(0, "http")),
  "a 503 response": instead(resumes(0, "http")),
  "a 200 page": instead(fails("protocol")),
  "a redirect": instead(fails("http")),
};
