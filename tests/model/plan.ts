/** Arbitrary options and disturbances for a run. */
import fc from "fast-check";
import type { SyncOptions, SyncRequestType } from "../../mod.ts";
import { SYNC_REQUESTS } from "../../src/protocol/mod.ts";
import type { Fault, StreamMoment } from "../../src/testing/mod.ts";
import { ACTION_NAMES, type UserAction } from "../support/user_actions.ts";

/** How a run is started. */
export interface RunPlan {
  /** Whether to use `syncBatches` instead of `sync`. */
  usesBatches?: boolean;
  /**
   * With `syncBatches`, how many batches to store before each ack.
   * @default {1}
   */
  batchesPerAck?: number;
  options?: SyncOptions;
}

/** What happens during a run. */
export interface Disturbance {
  /** Faults to inject; each list applies to one request. */
  faults?: Fault[][];
  /** How the client stops the run. */
  stop?: {
    how: "abort" | "abort in batch" | "fail before" | "fail after" | "leave";
    /** Number of the request or batch at which the run stops. */
    at: number;
  };
  /** What happens on the server when a given batch arrives. */
  meanwhile?: { at: number; what: UserAction | "reset" };
  /**
   * What users do while a stream is being sent: one list per stream of the run.
   */
  moves?: Move[][];
}

/** A user action at a certain point in a stream. */
export interface Move {
  when: StreamMoment;
  action: UserAction;
}

const number = fc.nat(99);

/** A user action. Half of all actions are performed by the user who syncs. */
export const arbitraryAction: fc.Arbitrary<UserAction> = fc.record({
  name: fc.constantFrom(...ACTION_NAMES),
  who: fc.oneof(fc.constant(0), number),
  which: number,
  other: number,
});

const moment: fc.Arbitrary<StreamMoment> = fc.oneof(
  fc.record({ afterLine: fc.nat(40) }),
  fc.record({
    before: fc.constantFrom(...Object.keys(SYNC_REQUESTS) as SyncRequestType[]),
  }),
);

/** Changes to the library during a few of a run's streams, several in each. */
export const arbitraryMoves: fc.Arbitrary<Move[][]> = fc.array(
  fc.array(fc.record({ when: moment, action: arbitraryAction }), {
    minLength: 1,
    maxLength: 5,
  }),
  { minLength: 1, maxLength: 4 },
);

/** Batch sizes; small ones are more frequent. */
const batchSize = fc.constantFrom(1, 2, 3, 5, 10, 1000);

const options: fc.Arbitrary<SyncOptions> = fc.record({
  batchSize,
  ack: fc.record({
    every: fc.constantFrom<(number | false)[]>(1, 2, 7, 10_000, false),
    intervalMs: fc.constant(false as const),
  }),
  onPoison: fc.constantFrom("fail", "skip"),
  retry: fc.record({ attempts: fc.constantFrom(2, 8, 8) }),
  budget: fc.record({ requests: fc.constantFrom(4, 5, 7, 10, 20) }),
  compression: fc.constant("identity" as const),
}, { requiredKeys: [] });

/** An occasional full sync. */
const full: fc.Arbitrary<SyncOptions> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ full: true }) },
  { weight: 1, arbitrary: fc.constant({ full: "wipe" as const }) },
);

export const arbitraryPlan: fc.Arbitrary<RunPlan> = fc.record({
  usesBatches: fc.boolean(),
  batchesPerAck: fc.constantFrom(1, 1, 1, 2, 5),
  options: fc.tuple(options, full).map(([a, b]) => ({ ...a, ...b })),
});

const on = fc.constantFrom("stream", "ack", "any");
const times = fc.constantFrom(1, 1, 1, 2, 4);
const atByte = fc.oneof(fc.nat(400), fc.nat(20_000));

/** Faults after which the run continues. */
const passingFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    type: fc.constant("truncate" as const),
    atByte,
    clean: fc.boolean(),
    on,
    times,
  }),
  fc.record({ type: fc.constant("stall" as const), atByte, on }),
  fc.record({ type: fc.constant("split" as const) }),
  fc.record({
    type: fc.constant("status" as const),
    status: fc.constantFrom(408, 429, 500, 502, 503, 504),
    retryAfterSeconds: fc.nat(5),
    on,
    times,
  }),
  fc.record({
    type: fc.constantFrom("refuse" as const, "drop" as const),
    on,
    times,
  }),
  fc.record({ type: fc.constant("hang" as const), on }),
);

/** Faults that end the run. */
const fatalFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    type: fc.constant("status" as const),
    status: fc.constantFrom(400, 401, 403, 404),
    on,
  }),
  fc.record({
    type: fc.constant("html" as const),
    status: fc.constantFrom(200, 404, 502),
    on,
  }),
  fc.record({ type: fc.constant("redirect" as const), on }),
);

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 6, arbitrary: passingFault },
  { weight: 1, arbitrary: fatalFault },
);

/** Unusual lines in a stream. */
const unusualLine: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ type: fc.constant("duplicate" as const) }),
  fc.record({ type: fc.constant("unknown" as const) }),
  fc.record({
    type: fc.constant("poison" as const),
    atLine: fc.integer({ min: 1, max: 30 }),
    as: fc.constantFrom("json", "envelope", "utf8", "long"),
    lengthBytes: fc.constant(20_001),
  }),
  fc.record({
    type: fc.constant("acks" as const),
    as: fc.constantFrom("empty", "piped"),
  }),
);

const faults: fc.Arbitrary<Fault[][]> = fc.array(
  fc.oneof(
    fault.map((fault) => [fault]),
    unusualLine.map((fault) => [fault]),
    fc.tuple(unusualLine, fault)
      .map(([first, second]) => [first, { ...second, on: "stream" as const }]),
  ),
  { maxLength: 3 },
);

const stop: fc.Arbitrary<Required<Disturbance>["stop"]> = fc.record({
  how: fc.constantFrom(
    "abort",
    "abort in batch",
    "fail before",
    "fail after",
    "leave",
  ),
  at: fc.integer({ min: 1, max: 12 }),
});

export const arbitraryDisturbance: fc.Arbitrary<Disturbance> = fc.record({
  faults,
  stop,
  meanwhile: fc.record({
    at: fc.integer({ min: 1, max: 12 }),
    what: fc.oneof(
      { weight: 4, arbitrary: arbitraryAction },
      { weight: 1, arbitrary: fc.constant("reset" as const) },
    ),
  }),
  moves: arbitraryMoves,
}, { requiredKeys: [] });
