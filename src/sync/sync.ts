/**
 * `sync` and `syncBatches`: stream, store and acknowledge until the local copy is
 * up to date.
 *
 * @module
 */
import {
  checkSyncTypes,
  type SyncRequestName,
  type SyncRequestType,
} from "../protocol/mod.ts";
import { checkSession, type Env, type Session, SYSTEM } from "../http/mod.ts";
import { untilAbort } from "./abort.ts";
import type { SyncBatch } from "./batch.ts";
import type { Budget } from "./budget.ts";
import type { SyncOptions } from "./options.ts";
import { checkProcessor, type SyncProcessor } from "./processor.ts";
import { run } from "./run.ts";
import { type RunSettings, toSettings } from "./settings.ts";
import type { RunStep, RunSteps, SyncResult } from "./steps.ts";

/** A batch that the consumer acknowledges. */
export type AckableBatch<R extends SyncRequestType = SyncRequestType> =
  & (SyncBatch<R> | ResetBatch)
  & {
    /**
     * Marks this batch and everything before it as stored. The acks are sent
     * together with later acks, at the latest when the loop ends. If sending them
     * fails, the loop, not this function, handles or throws the error.
     */
    ack(): Promise<void>;
  };

/** A reset instead of a batch: wipe the local copy. */
export interface ResetBatch {
  /** Distinguishes a reset from a batch of rows. */
  type: "SyncResetV1";
  /** No rows. */
  events: [];
}

/**
 * Brings a local copy up to date: streams everything that has changed, passes
 * it to a processor in batches of one type, and acknowledges what is stored,
 * until the copy is complete.
 *
 * Retries after interruptions and timeouts, and after the statuses 408, 425,
 * 429 and 5xx. Resets the copy and starts over when the server sends a reset.
 * Never acknowledges what is not stored. If a run ends early, the next run
 * continues from the last acks. A `budget` ends a run early on purpose.
 *
 * Checkpoints belong to the session, so if two consumers share an access token,
 * neither receives the changes that the other has acknowledged. Give each
 * consumer its own session with `createChildSession`.
 *
 * @throws {TypeError} If the session, the processor or an option is not valid.
 * @throws {RangeError} If an option is out of range, or the server supports none of the types.
 * @throws {AuthenticationError} If the session has ended.
 * @throws {ProtocolError} At a bad line; everything before that line is stored first.
 * @throws {SyncError} After too many consecutive failures or resets, or if the server
 * sends nothing new for an hour.
 * @throws The processor's error, after acknowledging everything that was stored
 * before the error.
 * @throws The signal's reason, if the signal is aborted.
 *
 * @example Keep a copy in a map
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
 * @example Use separate checkpoints, and report progress
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
  types: readonly SyncRequestName<R>[],
  processor: SyncProcessor<R>,
  options: SyncOptions = {},
): Promise<SyncResult> {
  return await syncWith(session, types, processor, options, SYSTEM);
}

/**
 * Runs {@linkcode sync} with the given clock, random numbers and timers.
 *
 * @param budget The budget, if part of it has already been used.
 */
export async function syncWith<const R extends SyncRequestType>(
  session: Session,
  types: readonly SyncRequestName<R>[],
  processor: SyncProcessor<R>,
  options: SyncOptions,
  env: Env,
  budget?: Budget,
): Promise<SyncResult> {
  const sweeps = checkProcessor(processor);
  const settings = toSettings(options, env, budget);
  settings.stream.checkRows = !processor.checksRows;
  const steps = startRun(session, types, settings, sweeps);
  let stored = () => Promise.resolve();
  // After an abort, batches that are stored later are not acknowledged.
  const markStored = async () => {
    if (!options.signal?.aborted) await stored();
  };
  if (processor.accept !== undefined) {
    await untilAbort(processor.accept(session), options.signal);
  }

  async function perform(step: RunStep): Promise<boolean | void> {
    switch (step.type) {
      case "begin":
        return await processor.begin?.(step.start);
      case "end":
        return await processor.end?.(step.end);
      case "wipe":
        return await processor.reset();
      case "flush":
        await processor.flush?.();
        return await markStored();
      case "batch": {
        const { type, events } = step.batch;
        // All events of a batch have the batch's type.
        await processor.process({ type, events } as SyncBatch<R>);
        stored = step.stored;
        if (processor.flush === undefined) await markStored();
      }
    }
  }

  let reply: boolean | void = undefined;
  while (true) {
    const { done, value: step } = await steps.next(reply);
    if (done) return step;
    try {
      reply = await untilAbort(perform(step), options.signal);
    } catch (error) {
      await steps.return(undefined as never);
      throw error;
    }
  }
}

/**
 * Brings a local copy up to date, like `sync`, but as an async iterator over
 * batches.
 *
 * Call `ack` on each batch once it is stored. Leaving the loop ends the run and
 * sends only the acks for batches marked as stored. If a batch has the type
 * `SyncResetV1`, wipe the local copy. The iterator returns the result of the run.
 *
 * @throws The same errors as `sync`.
 *
 * @example Loop over batches
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
  types: readonly SyncRequestName<R>[],
  options: SyncOptions = {},
): AsyncGenerator<AckableBatch<R>, SyncResult> {
  return syncBatchesWith(session, types, options, SYSTEM);
}

/** Runs {@linkcode syncBatches} with the given clock, random numbers and timers. */
export async function* syncBatchesWith<const R extends SyncRequestType>(
  session: Session,
  types: readonly SyncRequestName<R>[],
  options: SyncOptions,
  env: Env,
): AsyncGenerator<AckableBatch<R>, SyncResult> {
  const steps = startRun(session, types, toSettings(options, env), false);
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
  types: readonly SyncRequestName[],
  settings: RunSettings,
  sweeps: boolean,
): RunSteps {
  checkSession(session);
  checkSyncTypes(types, undefined);
  return run(session, types as readonly SyncRequestType[], settings, sweeps);
}
