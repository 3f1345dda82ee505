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
import { AckSet } from "./checkpoint.ts";

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

/** Groups the events of a stream. */
export class BatchBuilder {
  readonly #size: number;
  #batch: AckedBatch | undefined;
  #acks = new AckSet();
  /** The newest ack, not in the map yet, and how those begin that replace it. */
  #newest = "";
  #prefix = "";

  /** Starts with nothing; no batch gets more events than `size`. */
  constructor(size: number) {
    this.#size = size;
  }

  /**
   * Acks that belong to no row of a batch that was taken: of `SyncAckV1` events,
   * each of which acknowledges everything before it.
   */
  get acks(): AckSet {
    this.#keepNewest();
    return this.#acks;
  }

  /** Adds an event; gives the batch before it, if that is whole now. */
  add(event: SyncEvent): AckedBatch | undefined {
    if (event.type === "SyncAckV1") {
      this.#note(event.ack);
      return undefined;
    }
    const open = this.#batch;
    const fits = open?.type === event.type && open.events.length < this.#size;
    const whole = fits ? undefined : this.take();
    this.#batch ??= { type: event.type, events: [], acks: this.#acks };
    this.#batch.events.push(event);
    this.#note(event.ack);
    return whole;
  }

  /** Gives what there is as a batch, whole or not. */
  take(): AckedBatch | undefined {
    const batch = this.#batch;
    if (batch === undefined) return undefined;
    this.#keepNewest();
    this.#batch = undefined;
    this.#acks = new AckSet();
    return batch;
  }

  /** Notes an ack. Most replace the one before: to look each up is slow. */
  #note(ack: string): void {
    if (this.#prefix === "" || !ack.startsWith(this.#prefix)) {
      this.#keepNewest();
      this.#prefix = ack.slice(0, ack.indexOf("|") + 1);
    }
    this.#newest = ack;
  }

  #keepNewest(): void {
    this.#acks.add(this.#newest);
    this.#newest = "";
  }
}
