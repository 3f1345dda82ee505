/**
 * The states of one run and how they follow from each other: pure.
 *
 * @module
 */

/**
 * Where a run is:
 *
 * - `idle`: nothing was asked yet;
 * - `streaming`: a stream is open, or on its way;
 * - `reset`: everything before is void, the copy is told so, and the server next;
 * - `cut`: a request broke, the next one waits;
 * - `complete`: the copy is up to date, and the server knows;
 * - `failed`: it ended before that, for good: by a failure, an abort, or a consumer that left.
 */
export type RunKind =
  | "idle"
  | "streaming"
  | "reset"
  | "cut"
  | "complete"
  | "failed";

/**
 * What happens to a run: a stream is opened; a checkpoint moves; everything is
 * there; everything is void; a request breaks; a stream is cut for a consumer
 * that is slow; it ends too early.
 */
export type RunEvent =
  | "open"
  | "progress"
  | "complete"
  | "reset"
  | "cut"
  | "pause"
  | "fail";

/** A run at one moment; never changed, only followed by another. */
export interface RunState {
  /** Where it is. */
  readonly kind: RunKind;
  /** Streams that were asked for. */
  readonly attempts: number;
  /** Requests that broke since the last progress. */
  readonly failures: number;
  /** How often everything was void. */
  readonly resets: number;
}

/** The state that every run begins with. */
export const IDLE: RunState = {
  kind: "idle",
  attempts: 0,
  failures: 0,
  resets: 0,
};

/** State × event → next state; `null` for what cannot happen. A missing cell does not compile. */
export const TRANSITIONS: Record<RunKind, Record<RunEvent, RunKind | null>> = {
  idle: {
    open: "streaming",
    progress: null,
    complete: null,
    reset: "reset",
    cut: "cut",
    pause: null,
    fail: "failed",
  },
  streaming: {
    // The stream is complete, and a further one is read.
    open: "streaming",
    progress: "streaming",
    complete: "complete",
    reset: "reset",
    cut: "cut",
    pause: "cut",
    fail: "failed",
  },
  reset: {
    open: "streaming",
    progress: null,
    complete: null,
    reset: null,
    cut: "cut",
    pause: null,
    fail: "failed",
  },
  cut: {
    open: "streaming",
    // What was stored before the cut is acknowledged after it.
    progress: "cut",
    complete: "complete",
    reset: "reset",
    cut: "cut",
    pause: null,
    fail: "failed",
  },
  complete: {
    open: null,
    progress: null,
    complete: null,
    reset: null,
    cut: null,
    pause: null,
    fail: null,
  },
  failed: {
    open: null,
    progress: null,
    complete: null,
    reset: null,
    cut: null,
    pause: null,
    fail: null,
  },
};

/** The state that follows when something happens. */
export function follow(state: RunState, event: RunEvent): RunState {
  const kind = TRANSITIONS[state.kind][event];
  if (kind === null) {
    throw new Error(`Cannot follow "${event}" in state "${state.kind}"`);
  }
  return {
    kind,
    attempts: state.attempts + (event === "open" ? 1 : 0),
    failures: event === "progress"
      ? 0
      : state.failures + (event === "cut" ? 1 : 0),
    resets: state.resets + (event === "reset" ? 1 : 0),
  };
}
