/**
 * The sync stream: from bytes to events.
 *
 * @module
 */
export { isKnownType } from "./event.ts";
export { syncStream, type SyncStreamOptions } from "./sync_stream.ts";
