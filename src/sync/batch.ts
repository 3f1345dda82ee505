/**
 * Batches: contiguous events of one type.
 *
 * @module
 */
import type {
  KnownSyncEvent,
  SyncControlType,
  SyncEntityType,
  SyncEvent,
  SyncRequestEntities,
  SyncRequestType,
  UnknownEntityType,
  UnknownSyncEvent,
} from "../protocol/mod.ts";
import type { AckSet } from "./checkpoint.ts";

/** Every version of the request types `R`: a server may offer the same rows in another version. */
export type AnyVersion<R extends SyncRequestType> = R extends
  `${infer Name}V${number}` ? Extract<SyncRequestType, `${Name}V${number}`>
  : never;

/** A batch of events whose type this library knows. */
export type KnownSyncBatch<T extends SyncEntityType = SyncEntityType> = {
  [K in T]: {
    /** The type of all events in the batch. */
    type: K;
    /** The events, in order of arrival; at least one. */
    events: KnownSyncEvent<K>[];
  };
}[T];

/** A batch of events whose type this library does not know. */
export interface UnknownSyncBatch {
  /** The type of all events in the batch, as the server sent it. */
  type: UnknownEntityType;
  /** The events, in order of arrival; at least one. */
  events: UnknownSyncEvent[];
}

/**
 * Contiguous events of one type; `type` tells batches apart. If a server supports
 * only another version of a request type, that version is used: with a 2.x server,
 * `AssetsV2` yields batches of type `AssetV1`.
 */
export type SyncBatch<R extends SyncRequestType = SyncRequestType> =
  | KnownSyncBatch<
    Exclude<SyncRequestEntities[AnyVersion<R>], SyncControlType>
  >
  | UnknownSyncBatch;

/** A batch inside a run, with its acks. */
export interface AckedBatch {
  /** The type of all events in the batch. */
  type: string;
  /** The events; at least one. */
  events: SyncEvent[];
  /** The acks for these events and for everything before them. */
  acks: AckSet;
}
