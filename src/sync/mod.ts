/**
 * The sync loop, and functions to manage acks and checkpoints yourself.
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
export type { Budget } from "./budget.ts";
export type {
  AckSchedule,
  BudgetOptions,
  FullSyncSchedule,
  RetryOptions,
  SyncOptions,
  SyncSource,
} from "./options.ts";
export { Progress } from "./progress.ts";
export { isTemporary, withRetries } from "./retries.ts";
export { SYNC_OPTIONS, toBudget, toSettings } from "./settings.ts";
export type { SyncProcessor } from "./processor.ts";
export type {
  SyncEnd,
  SyncProgress,
  SyncResult,
  SyncStart,
  SyncState,
} from "./steps.ts";
export {
  type AckableBatch,
  type ResetBatch,
  sync,
  syncBatches,
  syncWith,
} from "./sync.ts";
export {
  type SyncWatch,
  watch,
  type WatchReport,
  type WatchTiming,
} from "./watch.ts";
export { watchSync, type WatchSyncOptions } from "./watch_sync.ts";
