/**
 * One run of a client, with or without disturbances, and its expected outcome.
 */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  isImmichError,
  type ServerVersion,
  type Session,
  supportedSyncTypes,
  type SyncBatch,
  type SyncOptions,
  type SyncProcessor,
  type SyncRequestType,
  type SyncResult,
} from "../../mod.ts";
import { adaptSyncTypes } from "../../src/protocol/sync_types.ts";
import type { Env } from "../../src/http/mod.ts";
import { syncBatchesWith, syncWith } from "../../src/sync/sync.ts";
import type { FakeImmich } from "../../src/testing/mod.ts";
import { testEnv } from "../support/env.ts";
import type { Disturbance, RunPlan } from "./plan.ts";
import { AckChecker } from "./ack_checker.ts";

/** The requested types, which are adapted to the server. */
const TYPES: SyncRequestType[] = supportedSyncTypes({
  major: 3,
  minor: 3,
  patch: 0,
});

/** A low limit, so that even a line that exceeds the limit is short. */
const MAX_LINE_BYTES = 20_000;

/** A run's possible outcomes. */
export type Outcome =
  | "complete"
  | "paused"
  | "resumed"
  | "reset"
  | "skipped"
  | "aborted"
  | "crashed"
  | "left"
  | "given up";

/** A run's parameters. */
export interface RunInit {
  server: FakeImmich;
  version: ServerVersion;
  session: Session;
  processor: SyncProcessor;
  now: () => number;
  plan: RunPlan;
  disturbance: Disturbance;
  /** Makes the changes that should happen on the server during the run. */
  meanwhile: () => void;
  /** Called when a stream is requested, with the stream's index in the run. */
  onStream: (index: number) => void;
}

/** One run, with all its assertions. */
export class ModelRun {
  readonly #init: RunInit;
  readonly #controller = new AbortController();
  readonly #reason = new Error("stopped by the user");
  readonly #failure = new Error("disk full");
  readonly #checker: AckChecker;
  readonly #batchesPerAck: number;
  readonly #env: Env;
  #batches = 0;

  constructor(init: RunInit) {
    const { plan, server, disturbance: { stop } } = this.#init = init;
    this.#env = testEnv({ now: init.now, random: () => 0 });
    this.#batchesPerAck = plan.usesBatches === true
      ? plan.batchesPerAck ?? 1
      : 1;
    this.#checker = new AckChecker(server.fetch, {
      onRequest: (number) => {
        if (stop?.how === "abort" && number > stop.at) this.#abort();
      },
      onStream: init.onStream,
    });
  }

  /** Performs the run. Returns its result and its outcomes. */
  async play(): Promise<{ result?: SyncResult; outcomes: Outcome[] }> {
    const { server, plan } = this.#init;
    const faults = this.#inject();
    try {
      const options = this.#toOptions(faults > 0);
      const result = plan.usesBatches === true
        ? await this.#runBatches(options)
        : await this.#runProcessor(options);
      const wasFaulty = server.pendingFaults < faults;
      const outcomes = toOutcomes(result, wasFaulty);
      return { ...(result && { result }), outcomes };
    } catch (error) {
      return { outcomes: [this.#toOutcome(error, faults)] };
    } finally {
      this.#checker.throwViolation();
      const applied = faults - server.pendingFaults;
      server.clearFaults();
      assertEquals(server.openStreams, 0, "a body was not released");
      const bound = 12 + 2 * this.#batches + 9 * applied;
      const { requests } = this.#checker;
      const limit = plan.options?.budget?.requests || Infinity;
      const most = Math.min(bound, limit);
      assert(requests <= most, `${requests} > ${most} requests`);
    }
  }

  /** Injects the faults, and returns how many requests they will affect. */
  #inject(): number {
    const { server, disturbance: { faults = [] } } = this.#init;
    for (const [first, ...more] of faults) {
      if (first) server.inject(first, ...more);
    }
    return server.pendingFaults;
  }

  #toOptions(hasFaults: boolean): SyncOptions {
    const { plan } = this.#init;
    return {
      ...plan.options,
      fetch: this.#checker.fetch,
      signal: this.#controller.signal,
      maxLineBytes: MAX_LINE_BYTES,
      ...(hasFaults ? { idleTimeoutMs: 10 } : {}),
    };
  }

  /** Checks that the error was expected, and returns its outcome. */
  #toOutcome(error: unknown, faults: number): Outcome {
    if (this.#controller.signal.aborted) {
      assertStrictEquals(error, this.#reason);
      return "aborted";
    }
    if (error === this.#failure) return "crashed";
    if (faults > 0 && isImmichError(error)) return "given up";
    throw error;
  }

  #abort(): void {
    this.#controller.abort(this.#reason);
  }

  /** Stores a batch, and returns whether to leave the loop. */
  async #store(batch: SyncBatch): Promise<boolean> {
    const { disturbance: { stop, meanwhile }, processor } = this.#init;
    const number = ++this.#batches;
    if (meanwhile?.at === number) this.#init.meanwhile();
    const how = number === stop?.at ? stop.how : undefined;
    if (how === "fail before") throw this.#failure;
    this.#checker.deliver(batch.events);
    await processor.process(batch);
    const flushesLater = processor.flush !== undefined &&
      this.#init.plan.usesBatches !== true;
    if (!flushesLater && number % this.#batchesPerAck === 0) {
      await this.#flush();
    }
    if (how === "fail after") throw this.#failure;
    if (how === "abort in batch") this.#abort();
    return how === "leave";
  }

  /** Makes everything that has been stored so far durable. */
  async #flush(): Promise<void> {
    await this.#init.processor.flush?.();
    this.#checker.markStored();
  }

  async #runProcessor(options: SyncOptions): Promise<SyncResult> {
    const { session, processor } = this.#init;
    const { begin, end: ending, flush } = processor;
    const checker = this.#checker;
    return await syncWith<SyncRequestType>(
      session,
      TYPES,
      {
        process: async (batch) => void await this.#store(batch),
        async reset() {
          await processor.reset();
          checker.markWiped();
        },
        ...(flush === undefined ? {} : { flush: () => this.#flush() }),
        ...(begin === undefined || ending === undefined ? {} : {
          async begin(start) {
            const isOpen = await begin.call(processor, start);
            if (start.full) checker.markWiped();
            return isOpen;
          },
          end: (end) => ending.call(processor, end),
        }),
      },
      options,
      this.#env,
    );
  }

  async #runBatches(options: SyncOptions): Promise<SyncResult | undefined> {
    const { session, processor, now, version } = this.#init;
    const types = adaptSyncTypes(TYPES, version);
    const start = { full: false, startedAt: now(), types };
    await processor.begin?.(start);
    const batches = syncBatchesWith<SyncRequestType>(
      session,
      TYPES,
      options,
      this.#env,
    );
    try {
      while (true) {
        const { done, value } = await batches.next();
        if (done) {
          const end = { ...start, quiet: true, snapshot: false };
          if (!value.more) await processor.end?.(end);
          return value;
        }
        if (value.type === "SyncResetV1") {
          await processor.reset();
          this.#checker.markWiped();
          continue;
        }
        const leaves = await this.#store(value);
        if (this.#checker.isStored) await value.ack();
        if (leaves) return undefined;
      }
    } finally {
      await batches.return(undefined as never);
    }
  }
}

function toOutcomes(
  result: SyncResult | undefined,
  wasFaulty: boolean,
): Outcome[] {
  if (result === undefined) return ["left"];
  const outcomes: [Outcome, boolean][] = [
    ["complete", result.complete],
    ["paused", result.more],
    ["resumed", wasFaulty],
    ["reset", result.resets > 0],
    ["skipped", result.skipped > 0],
  ];
  return outcomes.filter(([, applies]) => applies).map(([outcome]) => outcome);
}
