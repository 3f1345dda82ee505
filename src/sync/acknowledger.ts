/**
 * Decides when acks are sent: once their batch and everything before that batch is
 * stored.
 *
 * @module
 */
import type { AckedBatch } from "./batch.ts";
import { AckSet } from "./checkpoint.ts";
import type { AckSchedule } from "./options.ts";

/** Settings of an {@linkcode Acknowledger}. */
export interface AcknowledgerInit {
  /** When to send acks; `"complete"` waits until a stream is complete. */
  schedule: Required<AckSchedule> | "complete";
  /** Returns the time, in milliseconds. */
  now: () => number;
  /** Sends acks to the server. */
  post: (acks: string[]) => Promise<void>;
  /**
   * Called for each registered batch. Returns a function to call once the
   * batch is stored.
   */
  startBatch: (type: string, events: number) => () => void;
  /** Called when a checkpoint moves to a new row. */
  onMoved: () => void;
  /** Aborted when no more acks may be sent. */
  signal: AbortSignal | undefined;
}

/** Tracks which batches are stored, and acknowledges them. */
export class Acknowledger {
  /** Whether the last request failed. */
  hasFailed = false;
  /** Whether the run has ended; from then on, acks are sent at once. */
  isOver = false;
  readonly #init: AcknowledgerInit;
  /**
   * For each batch that is not stored yet, oldest first: a function that counts the
   * batch as stored.
   */
  #unstored: (() => void)[] = [];
  /** Acks that are ready to be sent. */
  #pending = new AckSet();
  /** The ack for the last row of each stored batch. */
  readonly #rows = new Set<string>();
  /** Whether any of these acks was added since the last request. */
  #hasNewRow = false;
  /** Number of events passed to the consumer since acks were last sent. */
  #events = 0;
  /** When acks were last sent, in milliseconds. */
  #since: number;
  #sending: Promise<unknown> = Promise.resolve();

  /** Creates an acknowledger without any batches. */
  constructor(init: AcknowledgerInit) {
    this.#init = init;
    this.#since = init.now();
  }

  /** Whether all registered batches are stored. */
  get allStored(): boolean {
    return this.#unstored.length === 0;
  }

  /** Whether it is time to send acks. */
  get isDue(): boolean {
    const { schedule, now } = this.#init;
    if (schedule === "complete" || this.#events === 0) return false;
    const { every, intervalMs } = schedule;
    return (every !== false && this.#events >= every) ||
      (intervalMs !== false && now() - this.#since >= intervalMs);
  }

  /**
   * Registers a batch before it is passed to the consumer.
   *
   * @returns A function to call once this batch and all earlier batches are stored.
   */
  register({ type, events, acks }: AckedBatch): () => Promise<void> {
    const { length } = events;
    const rowAck = events.at(-1)?.ack ?? "";
    const onStored = this.#init.startBatch(type, length);
    const store = () => {
      this.#pending.addAll(acks.values());
      this.#hasNewRow ||= !this.#rows.has(rowAck);
      this.#rows.add(rowAck);
      onStored();
    };
    this.#unstored.push(store);
    this.#events += length;
    return async () => {
      const count = this.#unstored.indexOf(store) + 1;
      for (const store of this.#unstored.splice(0, count)) store();
      if (this.isOver && !this.#init.signal?.aborted) await this.sendStored();
    };
  }

  /** Adds acks that do not belong to a batch, if everything before them is stored. */
  add(acks: Iterable<string>): void {
    if (this.allStored) this.#pending.addAll(acks);
  }

  /** Acknowledges what is stored, unless acks must wait for a complete stream. */
  async sendStored(): Promise<void> {
    if (this.#init.schedule !== "complete") await this.sendAll();
  }

  /**
   * Acknowledges what is stored.
   *
   * @param last The ack of a complete stream, which is sent last.
   */
  sendAll(last = ""): Promise<void> {
    // One request at a time, because an older ack that arrives late would move
    // its checkpoint back. If such an ack arrived after the ack for a reset,
    // rows would be lost.
    const request = this.#sending.then(() => this.#send(last));
    this.#sending = request.catch(() => {});
    return request;
  }

  /** Drops all batches and acks, which are invalidated by a reset. */
  async clear(): Promise<void> {
    this.#unstored = [];
    await this.#sending;
    this.#pending = new AckSet();
    this.#rows.clear();
    this.#hasNewRow = false;
    this.#events = 0;
  }

  async #send(last: string): Promise<void> {
    this.#init.signal?.throwIfAborted();
    const pending = this.#pending;
    const acks = [...pending.values(), last].filter((ack) => ack !== "");
    if (acks.length === 0) return;
    const hasMoved = this.#hasNewRow;
    this.#pending = new AckSet();
    this.#hasNewRow = false;
    try {
      await this.#init.post(acks);
      this.hasFailed = false;
    } catch (error) {
      this.#pending = pending.addAll(this.#pending.values());
      this.#hasNewRow ||= hasMoved;
      this.hasFailed = true;
      throw error;
    }
    this.#events = 0;
    this.#since = this.#init.now();
    if (hasMoved) this.#init.onMoved();
  }
}
