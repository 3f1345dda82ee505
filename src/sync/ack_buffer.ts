/**
 * Acks that wait to be sent together.
 *
 * @module
 */
import { type AckMap, addAck } from "./batch.ts";

/** When acks are due. */
export interface AckSchedule {
  /** Events after which acks are due; `false` for no such number. */
  ackEvery: number | false;
  /** Time after which acks are due, in milliseconds; `false` for no such time. */
  ackIntervalMs: number | false;
}

/** Acks of what is stored, and what is known to be acknowledged. */
export class AckBuffer {
  readonly #schedule: AckSchedule;
  readonly #now: () => number;
  #pending: AckMap = new Map();
  #events = 0;
  #since: number;
  /** The last row that is acknowledged, of each checkpoint. */
  readonly #rows: AckMap = new Map();
  #pendingRows: AckMap = new Map();

  /** Starts empty. */
  constructor(schedule: AckSchedule, now: () => number) {
    this.#schedule = schedule;
    this.#now = now;
    this.#since = now();
  }

  /** The acks to send, in order of arrival. */
  get pending(): string[] {
    return [...this.#pending.values()];
  }

  /** Whether it is time to send. */
  get due(): boolean {
    if (this.#pending.size === 0) return false;
    const { ackEvery, ackIntervalMs } = this.#schedule;
    return (ackEvery !== false && this.#events >= ackEvery) ||
      (ackIntervalMs !== false && this.#now() - this.#since >= ackIntervalMs);
  }

  /** Adds what acknowledges so many stored events, the last of which had `rowAck`. */
  add(acks: AckMap, events: number, rowAck: string): void {
    for (const ack of acks.values()) addAck(this.#pending, ack);
    addAck(this.#pendingRows, rowAck);
    this.#events += events;
  }

  /**
   * Notes that the pending acks have reached the server.
   *
   * @returns Whether a checkpoint has moved to a row that it was not at before:
   * only then a further attempt gets further.
   */
  sent(): boolean {
    let moved = false;
    for (const [checkpoint, ack] of this.#pendingRows) {
      if (this.#rows.get(checkpoint) !== ack) moved = true;
      this.#rows.set(checkpoint, ack);
    }
    this.clear();
    return moved;
  }

  /** Forgets what is pending: everything before is void. */
  clear(): void {
    this.#pending = new Map();
    this.#pendingRows = new Map();
    this.#events = 0;
    this.#since = this.#now();
  }
}
