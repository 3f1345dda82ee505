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
  /** The newest ack, not in the set yet, and how those begin that replace it. */
  #newest = "";
  #prefix = "";

  /**
   * Starts with nothing.
   *
   * @param size Most events of a batch.
   */
  constructor(size: number) {
    this.#size = size;
  }

  /** Acks that came after the last batch that was taken. */
  get acks(): AckSet {
    this.#keepNewest();
    return this.#acks;
  }

  /** Adds an event, and returns the batch that is complete because of it, if any. */
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

  /** Returns the events so far as a batch, if there are any. */
  take(): AckedBatch | undefined {
    const batch = this.#batch;
    if (batch === undefined) return undefined;
    this.#keepNewest();
    this.#batch = undefined;
    this.#acks = new AckSet();
    return batch;
  }

  /** Notes an ack. Most replace the one before, so that none is looked up. */
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
