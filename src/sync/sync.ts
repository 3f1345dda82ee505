/**
 * The loop that loses nothing: streams, stores, acknowledges, until everything
 * is there.
 *
 * @module
 */
import { checkSyncTypes, type SyncRequestType } from "../protocol/mod.ts";
import { checkSession, type Env, type Session, SYSTEM } from "../http/mod.ts";
import type { SyncBatch } from "./batch.ts";
import type { SyncOptions } from "./options.ts";
import { run } from "./run.ts";
import type {
  RunStep,
  RunSteps,
  SyncEnd,
  SyncResult,
  SyncStart,
} from "./steps.ts";

/** Stores what `sync` brings. */
export interface SyncProcessor<R extends SyncRequestType = SyncRequestType> {
  /**
   * Stores a batch. It is acknowledged after this resolves, so everything has to
   * be durable by then, or, for a processor with `flush`, after that resolves.
   * The same rows may come again: store them as upserts.
   */
  process(batch: SyncBatch<R>): void | Promise<void>;
  /** Empties the local copy: everything comes again. */
  reset(): void | Promise<void>;
  /**
   * Makes durable what `process` has taken so far. Called before each ack, before
   * `end`, and before a reset by the server. A processor without it has made
   * everything durable once `process` resolves.
   */
  flush?(): void | Promise<void>;
  /**
   * Called when a sync begins. A processor with `begin` and `end` is not reset
   * before a full sync: it marks the rows that come, and deletes the others in
   * `end`. Delete them row by row: a row may come before the row that it belongs
   * to, so a missing parent proves nothing.
   *
   * A full sync that was interrupted continues with the next run, which is an
   * incremental one: store the marks with the rows.
   *
   * @returns Whether a full sync of an earlier run has not ended yet.
   */
  begin?(start: SyncStart): boolean | void | Promise<boolean | void>;
  /**
   * Called when the streams of a sync are complete and stored. If a full sync
   * began in this run and `quiet` is `false`, keep the marks and let the next run
   * end it: a row that changes all the time may be missing.
   */
  end?(end: SyncEnd): void | Promise<void>;
}

/** A batch that its consumer acknowledges. */
export type AckableBatch<R extends SyncRequestType = SyncRequestType> =
  & (SyncBatch<R> | ResetBatch)
  & {
    /**
     * Says that this batch and everything before it is stored. The server is
     * told with the next batches, at the latest when the loop is left; what it
     * answers is the loop's to deal with.
     */
    ack(): Promise<void>;
  };

/** In the place of a batch: everything before is void, the copy has to be wiped. */
export interface ResetBatch {
  /** Tells it from a batch of rows. */
  type: "SyncResetV1";
  /** No rows. */
  events: [];
}

/**
 * Brings a copy up to date: streams everything that has changed, hands it to a
 * processor in batches of one type, acknowledges what is stored, and goes on
 * until the server says that this is everything.
 *
 * It resumes over cuts, silence, 429 and 5xx; wipes and starts over when the
 * server wants that; and never acknowledges what is not stored. Wherever it
 * ends, the next run goes on from there.
 *
 * Checkpoints belong to the session: two consumers on one access token steal
 * each other's changes. Give each its own session with `createChildSession`.
 *
 * @throws {TypeError} If the session, the processor or an option cannot be used.
 * @throws {RangeError} If an option makes no sense, or the server has none of the types.
 * @throws {AuthenticationError} If the session is over.
 * @throws {ProtocolError} At a line that is no event, once everything before it is stored.
 * @throws {SyncError} If requests broke too often in a row, or the server voided everything too often.
 * @throws What the processor throws, once what was stored before is acknowledged.
 * @throws The signal's own reason, if it is aborted.
 *
 * @example A copy in a map
 * ```ts
 * import { sync } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * server.library.addAsset({ originalFileName: "beach.jpg" });
 * const photos = new Map<string, string>();
 *
 * const result = await sync(server.createSession(), ["AssetsV2"], {
 *   process({ type, events }) {
 *     for (const { data } of type === "AssetV2" ? events : []) {
 *       photos.set(data.id, data.originalFileName);
 *     }
 *     for (const { data } of type === "AssetDeleteV1" ? events : []) {
 *       photos.delete(data.assetId);
 *     }
 *   },
 *   reset: () => photos.clear(),
 * }, { fetch: server.fetch });
 *
 * assertEquals([...photos.values()], ["beach.jpg"]);
 * assertEquals(result.counts, { AssetV2: 1 });
 * ```
 *
 * @example A consumer with checkpoints of its own, and its progress
 * ```ts
 * import { createChildSession, sync } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * const { fetch } = server;
 * const session = await createChildSession(server.createSession(), { fetch });
 * const processor = { process() {}, reset() {} };
 * const states: string[] = [];
 * await sync(session, ["UsersV1"], processor, {
 *   fetch,
 *   onProgress: ({ state }) => states.push(state),
 * });
 * assertEquals(states.at(-1), "complete");
 * ```
 */
export async function sync<const R extends SyncRequestType>(
  session: Session,
  types: readonly R[],
  processor: SyncProcessor<R>,
  options: SyncOptions = {},
): Promise<SyncResult> {
  return await syncWith(session, types, processor, options, SYSTEM);
}

/** Does what {@linkcode sync} does, in a given environment. */
export async function syncWith<const R extends SyncRequestType>(
  session: Session,
  types: readonly R[],
  processor: SyncProcessor<R>,
  options: SyncOptions,
  env: Env,
): Promise<SyncResult> {
  const sweeps = checkProcessor(processor);
  const steps = startRun(session, types, options, sweeps, env);
  let stored = () => Promise.resolve();

  async function perform(step: RunStep): Promise<boolean | void> {
    if (step.type === "begin") return await processor.begin?.(step.start);
    if (step.type === "end") return await processor.end?.(step.end);
    if (step.type === "wipe") return await processor.reset();
    if (step.type === "batch") {
      const { type, events } = step.batch;
      // All events of a batch have its type.
      await processor.process({ type, events } as SyncBatch<R>);
      stored = step.stored;
      if (processor.flush !== undefined) return;
    } else await processor.flush?.();
    await stored();
  }

  let answer: boolean | void = undefined;
  while (true) {
    const { done, value: step } = await steps.next(answer);
    if (done) return step;
    try {
      answer = await perform(step);
    } catch (error) {
      await steps.return(undefined as never);
      throw error;
    }
  }
}

/**
 * The same as `sync`, for those who want to pull: a loop over batches.
 *
 * Leaving the loop ends the run and acknowledges only what was acknowledged. A
 * batch of type `SyncResetV1` says that everything before is void. What the loop
 * has done is the value that the iterator returns.
 *
 * @throws As `sync` does.
 *
 * @example Pulling batches
 * ```ts
 * import { syncBatches } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * server.library.addAsset({ originalFileName: "beach.jpg" });
 * const { fetch } = server;
 * const photos = new Map<string, string>();
 *
 * for await (const batch of syncBatches(server.createSession(), ["AssetsV2"], { fetch })) {
 *   if (batch.type === "SyncResetV1") photos.clear();
 *   if (batch.type === "AssetV2") {
 *     for (const { data } of batch.events) photos.set(data.id, data.originalFileName);
 *   }
 *   await batch.ack(); // Once it is stored.
 * }
 * assertEquals([...photos.values()], ["beach.jpg"]);
 * ```
 */
export function syncBatches<const R extends SyncRequestType>(
  session: Session,
  types: readonly R[],
  options: SyncOptions = {},
): AsyncGenerator<AckableBatch<R>, SyncResult> {
  return syncBatchesWith(session, types, options, SYSTEM);
}

/** Does what {@linkcode syncBatches} does, in a given environment. */
export async function* syncBatchesWith<const R extends SyncRequestType>(
  session: Session,
  types: readonly R[],
  options: SyncOptions,
  env: Env,
): AsyncGenerator<AckableBatch<R>, SyncResult> {
  const steps = startRun(session, types, options, false, env);
  let result: SyncResult | undefined;
  try {
    while (true) {
      const { done, value: step } = await steps.next();
      if (done) return result = step;
      if (step.type === "wipe") {
        yield { type: "SyncResetV1", events: [], ack: () => Promise.resolve() };
      } else if (step.type === "batch") {
        const { type, events } = step.batch;
        yield { type, events, ack: step.stored } as AckableBatch<R>;
      }
    }
  } finally {
    if (result === undefined) await steps.return(undefined as never);
  }
}

function startRun(
  session: Session,
  types: readonly SyncRequestType[],
  options: SyncOptions,
  sweeps: boolean,
  env: Env,
): RunSteps {
  checkSession(session);
  checkSyncTypes(types, undefined);
  return run(session, types, options, sweeps, env);
}

/** Checks a processor, and tells whether it marks and sweeps. */
function checkProcessor(processor: SyncProcessor): boolean {
  const { process, reset, flush, begin, end } = processor ?? {};
  if (typeof process !== "function" || typeof reset !== "function") {
    throw new TypeError(
      'Cannot sync: the processor must have the functions "process" and "reset"',
    );
  }
  if (typeof begin !== typeof end) {
    throw new TypeError(
      'Cannot sync: the processor must have both "begin" and "end", or neither',
    );
  }
  if (flush !== undefined && typeof flush !== "function") {
    throw new TypeError(
      'Cannot sync: "flush" of the processor must be a function',
    );
  }
  return typeof begin === "function";
}
