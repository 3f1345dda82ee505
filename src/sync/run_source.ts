/**
 * The source of a run's events, which also receives the acks: the server, or
 * the caller's own source.
 *
 * @module
 */
import type { CallOptions } from "../http/mod.ts";
import type { SyncEvent } from "../protocol/mod.ts";
import { serverVersion } from "../server/mod.ts";
import { syncStreamInArrays } from "../stream/mod.ts";
import { untilAbort } from "./abort.ts";
import { deleteSyncAcks, getSyncAcks, syncAck } from "./acks.ts";
import type { Budget } from "./budget.ts";
import type { SyncSource } from "./options.ts";

/** A source whose events may arrive in arrays. */
export interface RunSource {
  /** Opens one stream. */
  syncStream: (
    ...args: Parameters<SyncSource["syncStream"]>
  ) => Promise<ReadableStream<SyncEvent | SyncEvent[]>>;
  /** Sends acks. */
  syncAck: SyncSource["syncAck"];
  /** Reads the checkpoints. */
  getSyncAcks?: SyncSource["getSyncAcks"] | undefined;
  /** Deletes all checkpoints. */
  deleteSyncAcks?: SyncSource["deleteSyncAcks"] | undefined;
  /** Reads the server's version. */
  serverVersion?: SyncSource["serverVersion"] | undefined;
}

/** The default source: the server. Each call sends one request. */
export const SERVER: RunSource = {
  syncStream: syncStreamInArrays,
  syncAck,
  getSyncAcks,
  deleteSyncAcks,
  serverVersion,
};

/**
 * Wraps a source so that each call counts as a request of the budget. An abort ends
 * each call at once, even if the source ignores the signal or rejects with its own
 * error.
 */
export function withBudget(source: RunSource, budget: Budget): RunSource {
  const count = <Args extends [...unknown[], CallOptions], Result>(
    call: ((...args: Args) => Promise<Result>) | undefined,
  ) =>
    call && ((...args: Args) => {
      budget.spend();
      const { signal } = args.at(-1) as CallOptions;
      return untilAbort(call.apply(source, args), signal);
    });
  return {
    syncStream: count(source.syncStream)!,
    syncAck: count(source.syncAck)!,
    getSyncAcks: count(source.getSyncAcks),
    deleteSyncAcks: count(source.deleteSyncAcks),
    serverVersion: count(source.serverVersion),
  };
}
