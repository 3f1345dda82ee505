/**
 * Decides when a sync may end, because one complete stream is not enough.
 *
 * A stream omits rows that change while it is sent, and some servers send a
 * library in pages, each as a complete stream.
 *
 * @module
 */
import type { AckedBatch } from "./batch.ts";
import { AckSet } from "./checkpoint.ts";

/** The maximum number of streams to read after the last page of a full sync, until one is quiet. */
const MAX_FURTHER_STREAMS = 3;

/** A stream with at least this many rows may be a page. */
const PAGE_ROWS = 100;

/** Tracks what each stream of a run contains, and decides whether to read another stream. */
export class Settling {
  /** The newest ack for each checkpoint in all streams so far. */
  readonly #last = new AckSet();
  #rows = 0;
  #hasNewRow = false;
  /** The first row of this stream and of the previous one. */
  #first = "";
  #firstBefore = "";
  #complete = 0;
  #further = 0;

  /** Whether the stream contained nothing new. */
  get isQuiet(): boolean {
    return !this.#hasNewRow;
  }

  /** Starts a new stream. */
  open(): void {
    this.#firstBefore = this.#first;
    this.#first = "";
    this.#rows = 0;
    this.#hasNewRow = false;
  }

  /** Adds a batch of the stream. */
  add({ type, events }: AckedBatch): void {
    if (this.#first === "") {
      this.#first = `${type} ${JSON.stringify(events[0]?.data)}`;
    }
    this.#rows += events.length;
    const { ack = "" } = events.at(-1) ?? {};
    if (ack === "" || this.#last.has(ack)) return;
    this.#last.add(ack);
    this.#hasNewRow = true;
  }

  /**
   * Ends the stream. Returns whether another one must be read before the sync
   * ends.
   *
   * @param sweeps Whether rows that did not arrive are deleted at the end.
   * @param full Whether the full sync started in this run, not in an earlier one.
   */
  needsFurther(sweeps: boolean, full: boolean): boolean {
    const isFirst = this.#complete++ === 0;
    // Without acks, each stream is a snapshot, and the next one would be the same.
    if (this.#rows > 0 && this.#last.size === 0) return false;
    // A server that sends the same rows with new acks would page forever.
    const isPage = this.#rows >= PAGE_ROWS && this.#first !== this.#firstBefore;
    if (this.#hasNewRow && isPage) return true;
    if (!sweeps || this.#further >= MAX_FURTHER_STREAMS) return false;
    if (this.isQuiet && (!isFirst || !full)) return false;
    this.#further++;
    return true;
  }
}
