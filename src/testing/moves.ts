/**
 * Changes that are made while a stream is sent.
 *
 * @module
 */
import type { SyncEntityType, SyncRequestType } from "../protocol/mod.ts";

/**
 * A moment of a stream:
 *
 * - `afterLine: n`: after its nth line, counted from 1; 0 is the moment at which
 *   the server has fixed the upper bound of the stream and has read nothing;
 * - `before: type`: before the server reads the rows of a request type or of an
 *   entity type.
 *
 * A stream that has no such line, or was not asked for the type, reaches the
 * moment right before `SyncCompleteV1`.
 */
export type StreamMoment =
  | { afterLine: number }
  | { before: SyncRequestType | SyncEntityType };

/** A change and its moment. */
export interface Move {
  /** When it is made. */
  when: StreamMoment;
  /** Makes it. */
  change: () => void;
}

/** Makes the changes of one stream, each at its moment and once. */
export class Moves {
  #waiting: readonly Move[];

  /** Starts with changes that are made in the order given. */
  constructor(moves: readonly Move[]) {
    this.#waiting = moves;
  }

  /** The server is about to read the rows of a type. */
  before(type: SyncRequestType | SyncEntityType): void {
    this.#make((when) => "before" in when && when.before === type);
  }

  /** So many lines are written. */
  afterLine(count: number): void {
    this.#make((when) => "afterLine" in when && when.afterLine <= count);
  }

  /** Every type is read. */
  end(): void {
    this.#make(() => true);
  }

  #make(isDue: (when: StreamMoment) => boolean): void {
    if (this.#waiting.length === 0) return;
    const due = this.#waiting.filter(({ when }) => isDue(when));
    this.#waiting = this.#waiting.filter(({ when }) => !isDue(when));
    for (const { change } of due) change();
  }
}
