/**
 * Decides when a sync may end. One complete stream is not enough.
 *
 * A stream omits rows that change while it is being sent, and some servers send a
 * library in pages, each as a complete stream.
 *
 * @module
 */
import type { SyncEvent } from "../protocol/mod.ts";
import type { AckedBatch } from "./batch.ts";
import { checkpointOf } from "./checkpoint.ts";

/**
 * The maximum number of further streams that a full sync reads after the last
 * page if none of them is quiet.
 */
const MAX_FURTHER_STREAMS = 3;

/** A stream with at least this many rows may be a page. */
const PAGE_ROWS = 100;

/** Tracks what each stream of a run contains, and decides whether to read another stream. */
export class Settling {
  /** The last row of each batch so far: its ack or, if the ack is empty, its data. */
  readonly #seen = new Set<string>();
  /** For each earlier stream, the first and the last row that have an ack, as text. */
  readonly #pages = new Set<string>();
  /** The first and the last row of this stream that have an ack. */
  #edges: SyncEvent[] = [];
  #rows = 0;
  #hasAcks = false;
  #hasNewRow = false;
  #complete = 0;
  #further = 0;

  /**
   * Whether all acks were empty. If so, the server has no checkpoints, and each
   * stream is a snapshot of the library.
   */
  get isSnapshot(): boolean {
    return !this.#hasAcks;
  }

  /** Whether the stream contained nothing new. */
  get isQuiet(): boolean {
    return !this.#hasNewRow;
  }

  /** Starts a new stream. */
  open(): void {
    this.#pages.add(toText(this.#edges));
    this.#edges = [];
    this.#rows = 0;
    this.#hasNewRow = false;
  }

  /** Adds a batch of the stream. Returns whether its last row is new. */
  add({ events }: AckedBatch): boolean {
    const last = events.at(-1)!;
    this.#rows += events.length;
    const hasAck = checkpointOf(last.ack) !== "";
    // Rows without acks are the same in each stream.
    if (hasAck) this.#edges = [this.#edges[0] ?? events[0]!, last];
    this.#hasAcks ||= hasAck;
    const row = hasAck ? last.ack : toText([last]);
    if (this.#seen.has(row)) return false;
    this.#seen.add(row);
    this.#hasNewRow ||= hasAck;
    return true;
  }

  /**
   * Ends the stream. Returns whether another stream must be read before the
   * sync ends.
   *
   * @param sweeps Whether rows that did not arrive are deleted at the end.
   * @param full Whether the full sync started in this run, not in an earlier one.
   */
  needsFurther(sweeps: boolean, full: boolean): boolean {
    const isFirst = this.#complete++ === 0;
    // The next snapshot would be the same.
    if (this.#rows > 0 && this.isSnapshot) return false;
    // Otherwise, a server that sends the same pages with new acks would never
    // finish.
    const isPage = this.#rows >= PAGE_ROWS &&
      !this.#pages.has(toText(this.#edges));
    if (this.#hasNewRow && isPage) return true;
    if (!sweeps || this.#further >= MAX_FURTHER_STREAMS) return false;
    if (this.isQuiet && (!isFirst || !full)) return false;
    this.#further++;
    return true;
  }
}

function toText(rows: SyncEvent[]): string {
  try {
    return JSON.stringify(rows.map(({ type, data }) => [type, data]));
  } catch {
    return ""; // The data is nested more deeply than the stack allows.
  }
}
