/** Fault × phase → what comes of it. A missing cell does not compile. */
import type { ImmichError } from "../../mod.ts";

/** How far a stream of three rows has come when something happens to it. */
export type Phase =
  | "before the head"
  | "after the head"
  | "after the first byte"
  | "within a line"
  | "within a character"
  | "between lines"
  | "after SyncCompleteV1";

/** What happens to the body of a stream. */
export type BodyFault =
  | "a closed connection"
  | "a cut chunked body"
  | "a reset connection"
  | "a silent server"
  | "a byte-by-byte server";

/** What happens in the place of a stream. */
export type HeadFault =
  | "a closed port"
  | "a 401 answer"
  | "a 403 answer"
  | "a 429 answer with Retry-After"
  | "a 500 answer"
  | "a 502 page"
  | "a 503 answer"
  | "a 200 page"
  | "a redirect";

export type Fault = BodyFault | HeadFault;

/** What comes of a fault. */
export interface Outcome {
  /** Events that `syncStream` delivers first. */
  events: number;
  /** Code of the error that it then fails with; `null` if it does not. */
  code: ImmichError["code"] | null;
  /**
   * What `sync` does: it needs no other stream; it asks for another one, and
   * everything comes; or it fails with the same code.
   */
  run: "is not disturbed" | "resumes" | "fails";
  /** How long `sync` waits before it asks again. */
  waitMs?: number;
}

/** Every event of the stream: three rows and SyncCompleteV1. */
const WHOLE: Outcome = { events: 4, code: null, run: "is not disturbed" };

/** No chunk has begun that could be cut: the connection is just closed. */
const NO_CHUNK = null;

/** A status stands in the head: it cannot come later. */
const HAS_HEAD = null;

function resumes(events: number, code: ImmichError["code"]): Outcome {
  return { events, code, run: "resumes", waitMs: 0 };
}

function fails(code: ImmichError["code"]): Outcome {
  return { events: 0, code, run: "fails" };
}

/** What happens in the place of a stream happens before its head, and only then. */
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
  // It looks like the end of the body, whatever is missing.
  "a closed connection": {
    "before the head": resumes(0, "connection"),
    "after the head": resumes(0, "truncated"),
    "after the first byte": resumes(0, "truncated"),
    "within a line": resumes(1, "truncated"),
    "within a character": resumes(1, "truncated"),
    "between lines": resumes(2, "truncated"),
    "after SyncCompleteV1": WHOLE,
  },
  "a cut chunked body": {
    "before the head": NO_CHUNK,
    "after the head": resumes(0, "connection"),
    "after the first byte": resumes(0, "connection"),
    "within a line": resumes(1, "connection"),
    "within a character": resumes(1, "connection"),
    "between lines": resumes(2, "connection"),
    "after SyncCompleteV1": WHOLE,
  },
  "a reset connection": {
    "before the head": resumes(0, "connection"),
    "after the head": resumes(0, "connection"),
    "after the first byte": resumes(0, "connection"),
    "within a line": resumes(1, "connection"),
    "within a character": resumes(1, "connection"),
    "between lines": resumes(2, "connection"),
    "after SyncCompleteV1": WHOLE,
  },
  "a silent server": {
    "before the head": resumes(0, "idle_timeout"),
    "after the head": resumes(0, "idle_timeout"),
    "after the first byte": resumes(0, "idle_timeout"),
    "within a line": resumes(1, "idle_timeout"),
    "within a character": resumes(1, "idle_timeout"),
    "between lines": resumes(2, "idle_timeout"),
    "after SyncCompleteV1": WHOLE,
  },
  "a byte-by-byte server": {
    "before the head": WHOLE,
    "after the head": WHOLE,
    "after the first byte": WHOLE,
    "within a line": WHOLE,
    "within a character": WHOLE,
    "between lines": WHOLE,
    "after SyncCompleteV1": WHOLE,
  },
  "a closed port": instead(resumes(0, "connection")),
  "a 401 answer": instead(fails("authentication")),
  "a 403 answer": instead(fails("authorization")),
  "a 429 answer with Retry-After": instead({
    ...resumes(0, "http"),
    waitMs: 7000,
  }),
  "a 500 answer": instead(resumes(0, "http")),
  "a 502 page": instead(resumes(0, "http")),
  "a 503 answer": instead(resumes(0, "http")),
  "a 200 page": instead(fails("protocol")),
  "a redirect": instead(fails("http")),
};
