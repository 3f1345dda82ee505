/**
 * Reads the sync stream and other streams of JSON lines.
 *
 * @module
 */
export { hasUnknownType, isKnownType, toSyncEvent } from "./event.ts";
export { ndjson, type NdjsonOptions } from "./ndjson.ts";
export { isTooDeep } from "./row_check.ts";
export {
  checkStreamOptions,
  syncStream,
  syncStreamInArrays,
  type SyncStreamOptions,
} from "./sync_stream.ts";
