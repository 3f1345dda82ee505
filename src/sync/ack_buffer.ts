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

/** What an ack buffer needs from outside. */
export interface AckBufferInit extends AckSchedule {
  /** The clock, in milliseconds since 1970. */
  now: () => number;
  /** Sends acks to the server. */
  post: (acks: string[]) => Promise<void>;
}

/** Acks of what is stored, and what is known to be acknowledged. */
export class AckBuffer {
  readonly #init: AckBufferInit;
  /** The last row that is acknowledged, of each checkpoint. */
  readonly #rows: AckMap = new Map();
  #pending: AckMap = new Map();
  #pendingRows: AckMap = new Map();
  #events = 0;
  #since: number;
  #sending: Promise<unknown> = Promise.resolve();

  /** Starts empty. */
  constructor(init: AckBufferInit) {
    this.#init = init;
    this.#since = init.now();
  }

  /** Whether it is time to send. */
  get due(): boolean {
    if (this.#pending.size === 0) return false;
    const { ackEvery, ackIntervalMs, now } = this.#init;
    return (ackEvery !== false && this.#events >= ackEvery) ||
      (ackIntervalMs !== false && now() - this.#since >= ackIntervalMs);
  }

  /** Adds what acknowledges so many stored events, the last of which had `rowAck`. */
  add(acks: AckMap, events: number, rowAck: string): void {
    for (const ack of acks.values()) addAck(this.#pending, ack);
    addAck(this.#pendingRows, rowAck);
    this.#events += events;
  }

  /**
   * Sends what is pending, and one ack behind it. What fails stays pending.
   *
   * One request follows the other: an older ack that arrives after a newer one
   * moves its checkpoint back, and after that of a reset it loses rows.
   *
   * @returns Whether a checkpoint has moved to a row that it was not at before:
   * only then a further attempt gets further.
   */
  async send(last = ""): Promise<boolean> {
    const request = this.#sending.then(() => this.#send(last));
    this.#sending = request.catch(() => {});
    return await request;
  }

  /** Forgets what is pending, once nothing is under way: everything before is void. */
  async clear(): Promise<void> {
    await this.#sending;
    this.#pending.clear();
    this.#pendingRows.clear();
    this.#events = 0;
    this.#since = this.#init.now();
  }

  async #send(last: string): Promise<boolean> {
    const acks = [...this.#pending.values(), last].filter((ack) => ack !== "");
    if (acks.length === 0) return false;
    const sent = new Map(this.#pending);
    const rows = new Map(this.#pendingRows);
    const events = this.#events;
    await this.#init.post(acks);
    this.#since = this.#init.now();
    this.#events -= events;
    remove(this.#pending, sent);
    remove(this.#pendingRows, rows);
    const moved = [...rows].filter(([checkpoint, ack]) =>
      this.#rows.get(checkpoint) !== ack
    );
    for (const [checkpoint, ack] of moved) this.#rows.set(checkpoint, ack);
    return moved.length > 0;
  }
}

/** Takes acks out, but not those that a newer one has replaced. */
function remove(acks: AckMap, gone: AckMap): void {
  for (const [checkpoint, ack] of gone) {
    if (acks.get(checkpoint) === ack) acks.delete(checkpoint);
  }
}
