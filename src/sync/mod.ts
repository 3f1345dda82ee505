/**
 * The sync loop, and acknowledging by hand.
 *
 * @module
 */
export {
  deleteSyncAcks,
  type DeleteSyncAcksOptions,
  getSyncAcks,
  type SyncAck,
  syncAck,
} from "./acks.ts";
export type {
  AnyVersion,
  KnownSyncBatch,
  SyncBatch,
  UnknownSyncBatch,
} from "./batch.ts";
export { checkpointOf, MAX_ACKS_PER_REQUEST } from "./checkpoint.ts";
export type {
  FullPassSchedule,
  SyncOptions,
  SyncProgress,
  SyncSource,
} from "./options.ts";
export type { RunKind } from "./state.ts";
export type { EndedPass, SyncPass, SyncResult } from "./steps.ts";
export {
  type AckableBatch,
  type ResetBatch,
  sync,
  syncBatches,
  type SyncProcessor,
} from "./sync.ts";
