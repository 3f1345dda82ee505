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

/** Every version of the request types `R`: a server may have another one of the same rows. */
export type AnyVersion<R extends SyncRequestType> = R extends
  `${infer Name}V${number}` ? Extract<SyncRequestType, `${Name}V${number}`>
  : never;

/** A batch of events whose type this library knows. */
export type KnownSyncBatch<T extends SyncEntityType = SyncEntityType> = {
  [K in T]: {
    /** Type of all of its events. */
    type: K;
    /** The events, in the order in which they came; at least one. */
    events: KnownSyncEvent<K>[];
  };
}[T];

/** A batch of events that this library does not know. */
export interface UnknownSyncBatch {
  /** Type of all of its events, as the server sent it. */
  type: UnknownEntityType;
  /** The events, in the order in which they came; at least one. */
  events: UnknownSyncEvent[];
}

/**
 * Contiguous events of one type, told apart by `type`. A server that has another
 * version of a request type is asked for that: `AssetsV2` brings batches of
 * `AssetV1` from a server 2.x.
 */
export type SyncBatch<R extends SyncRequestType = SyncRequestType> =
  | KnownSyncBatch<
    Exclude<SyncRequestEntities[AnyVersion<R>], SyncControlType>
  >
  | UnknownSyncBatch;

/** A batch as the run handles it, with what acknowledges it. */
export interface AckedBatch {
  /** Type of all of its events. */
  type: string;
  /** The events; at least one. */
  events: SyncEvent[];
  /** What acknowledges them, and everything before them. */
  acks: AckSet;
}
