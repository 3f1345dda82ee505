/**
 * Groups the events of a stream into batches.
 *
 * @module
 */
import type { SyncEvent } from "../protocol/mod.ts";
import type { AckedBatch } from "./batch.ts";
import { AckSet } from "./checkpoint.ts";

/** Groups contiguous events of one type. */
export class BatchBuilder {
  readonly #size: number;
  #batch: AckedBatch | undefined;
  #acks = new AckSet();
  /** The newest ack, which is not in the set yet. */
  #newest = "";
  /** The prefix shared by the acks that replace the newest one. */
  #prefix = "";

  /**
   * Creates a builder without any events.
   *
   * @param size The maximum number of events in a batch.
   */
  constructor(size: number) {
    this.#size = size;
  }

  /** Acks that arrived after the last batch. */
  get acks(): AckSet {
    this.#saveNewest();
    return this.#acks;
  }

  /** Adds an event. Returns the previous batch if this event starts a new one. */
  add(event: SyncEvent): AckedBatch | undefined {
    if (event.type === "SyncAckV1") {
      this.#addAck(event.ack);
      return undefined;
    }
    const open = this.#batch;
    const fits = open?.type === event.type && open.events.length < this.#size;
    const whole = fits ? undefined : this.take();
    this.#batch ??= { type: event.type, events: [], acks: this.#acks };
    this.#batch.events.push(event);
    this.#addAck(event.ack);
    return whole;
  }

  /** Returns the events so far as a batch, or `undefined` if there are none. */
  take(): AckedBatch | undefined {
    const batch = this.#batch;
    if (batch === undefined) return undefined;
    this.#saveNewest();
    this.#batch = undefined;
    this.#acks = new AckSet();
    return batch;
  }

  /** Keeps the newest ack out of the set, because the next ack usually replaces it. */
  #addAck(ack: string): void {
    if (this.#prefix === "" || !ack.startsWith(this.#prefix)) {
      this.#saveNewest();
      this.#prefix = ack.slice(0, ack.indexOf("|") + 1);
    }
    this.#newest = ack;
  }

  #saveNewest(): void {
    this.#acks.add(this.#newest);
    this.#newest = "";
  }
}
