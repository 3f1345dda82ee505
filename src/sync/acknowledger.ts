/**
 * When an ack is sent: once its batch and everything before it is stored.
 *
 * @module
 */
import type { AckedBatch } from "./batch.ts";
import { AckSet } from "./checkpoint.ts";
import type { AckSchedule } from "./options.ts";

/** What an {@linkcode Acknowledger} needs. */
export interface AcknowledgerInit {
  /** When acks are sent; `"complete"` sends none before a stream is complete. */
  schedule: Required<AckSchedule> | "complete";
  /** The time, in milliseconds. */
  now: () => number;
  /** Sends acks to the server. */
  post: (acks: string[]) => Promise<void>;
  /** Called for each batch that is stored. */
  onStored: (type: string, events: number) => void;
  /** Called when a checkpoint has moved to a row where it was not before. */
  onMoved: () => void;
  /** Aborted when no more acks may be sent. */
  signal: AbortSignal | undefined;
}

/** What is kept of a batch until it is stored. */
interface GivenBatch {
  type: string;
  events: number;
  acks: AckSet;
  rowAck: string;
}

/** Keeps track of what is stored, and acknowledges it. */
export class Acknowledger {
  /** Whether the last request failed. */
  hasFailed = false;
  /** Whether the run is over: acks that come later are sent at once. */
  isOver = false;
  readonly #init: AcknowledgerInit;
  /** Batches that are not stored yet, oldest first. */
  #given: GivenBatch[] = [];
  /** Acks of what is stored. */
  #pending = new AckSet();
  /** The last row of each checkpoint, and whether any has changed since the last request. */
  #rows = new AckSet();
  #hasNewRow = false;
  /** Events given, and the time, since acks were sent. */
  #events = 0;
  #since: number;
  #sending: Promise<unknown> = Promise.resolve();

  /** Starts with nothing. */
  constructor(init: AcknowledgerInit) {
    this.#init = init;
    this.#since = init.now();
  }

  /** Whether everything that was given is stored. */
  get allStored(): boolean {
    return this.#given.length === 0;
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
   * Notes that the consumer gets a batch.
   *
   * @returns A function that says that this batch and all before it are stored.
   */
  give({ type, events, acks }: AckedBatch): () => Promise<void> {
    const rowAck = events.at(-1)?.ack ?? "";
    const given = { type, events: events.length, acks, rowAck };
    this.#given.push(given);
    this.#events += events.length;
    return () => this.#store(given);
  }

  /** Adds acks that belong to no batch, if everything before them is stored. */
  add(acks: Iterable<string>): void {
    if (this.allStored) this.#pending.addAll(acks);
  }

  /** Acknowledges what is stored, unless acks have to wait for a complete stream. */
  async sendStored(): Promise<void> {
    if (this.#init.schedule !== "complete") await this.sendComplete("");
  }

  /** Acknowledges what is stored, and a complete stream behind it. */
  async sendComplete(ack: string): Promise<void> {
    // One request at a time: an older ack that arrives late moves its checkpoint
    // back, and after the ack of a reset it loses rows.
    const request = this.#sending.then(() => this.#send(ack));
    this.#sending = request.catch(() => {});
    await request;
  }

  /** Forgets everything, as a reset makes it void. */
  async clear(): Promise<void> {
    this.#given = [];
    await this.#sending;
    this.#pending = new AckSet();
    this.#rows = new AckSet();
    this.#hasNewRow = false;
    this.#events = 0;
  }

  async #store(last: GivenBatch): Promise<void> {
    const count = this.#given.indexOf(last) + 1;
    for (const { type, events, acks, rowAck } of this.#given.splice(0, count)) {
      this.#pending.addAll(acks.values());
      this.#hasNewRow ||= !this.#rows.has(rowAck);
      this.#rows.add(rowAck);
      this.#init.onStored(type, events);
    }
    if (this.isOver && !this.#init.signal?.aborted) await this.sendStored();
  }

  async #send(last: string): Promise<void> {
    this.#init.signal?.throwIfAborted();
    const acks = [...this.#pending.values(), last].filter((ack) => ack !== "");
    if (acks.length === 0) return;
    const pending = this.#pending;
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
