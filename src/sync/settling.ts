/**
 * When a sync may end: one complete stream is not enough.
 *
 * A stream leaves out what changes while it is sent, and some servers send a
 * library in pages, each of them a complete stream.
 *
 * @module
 */
import type { AckedBatch } from "./batch.ts";
import { AckSet } from "./checkpoint.ts";

/** Streams that are read after a full sync's last page, until one is quiet. */
const MAX_FURTHER_STREAMS = 3;

/** A stream with so many rows may be a page. */
const PAGE_ROWS = 100;

/** Looks at what each stream of a run brings, and tells whether to read another one. */
export class Settling {
  /** The last row of each checkpoint that any stream has brought. */
  readonly #last = new AckSet();
  #rows = 0;
  #hasNews = false;
  /** The first row of this stream and of the one before. */
  #first = "";
  #firstBefore = "";
  #complete = 0;
  #further = 0;

  /** Whether the stream has brought nothing that an earlier one had not brought. */
  get isQuiet(): boolean {
    return !this.#hasNews;
  }

  /** A stream is opened. */
  open(): void {
    this.#firstBefore = this.#first;
    this.#first = "";
    this.#rows = 0;
    this.#hasNews = false;
  }

  /** The stream has brought a batch. */
  add({ type, events }: AckedBatch): void {
    if (this.#first === "") {
      this.#first = `${type} ${JSON.stringify(events[0]?.data)}`;
    }
    this.#rows += events.length;
    const { ack = "" } = events.at(-1) ?? {};
    if (ack === "" || this.#last.has(ack)) return;
    this.#last.add(ack);
    this.#hasNews = true;
  }

  /**
   * The stream is complete. Tells whether another one has to be read before the
   * sync ends.
   *
   * @param sweeps Whether rows that do not come are deleted at the end.
   * @param full Whether the full sync began in this run, not in an earlier one.
   */
  needsFurther(sweeps: boolean, full: boolean): boolean {
    const isFirst = this.#complete++ === 0;
    // Without acks, each stream is a snapshot: the next one brings the same.
    if (this.#rows > 0 && this.#last.size === 0) return false;
    // A server that sends the same rows with new acks would page for ever.
    const isPage = this.#rows >= PAGE_ROWS && this.#first !== this.#firstBefore;
    if (this.#hasNews && isPage) return true;
    if (!sweeps || this.#further >= MAX_FURTHER_STREAMS) return false;
    if (this.isQuiet && (!isFirst || !full)) return false;
    this.#further++;
    return true;
  }
}
