/**
 * Makes changes while a stream is being sent.
 *
 * @module
 */
import type { SyncEntityType, SyncRequestType } from "../protocol/mod.ts";

/**
 * A point in a stream:
 *
 * - `afterLine: n`: after line n, counted from 1; 0 is the point after the server has
 *   fixed the stream's upper bound and before it reads any rows;
 * - `before: type`: before the server reads the rows of a request type or an entity
 *   type.
 *
 * If the stream does not contain the line or the type, the point is right before
 * `SyncCompleteV1`.
 */
export type StreamMoment =
  | { afterLine: number }
  | { before: SyncRequestType | SyncEntityType };

/** A change, and when to make it. */
export interface TimedChange {
  /** When to make the change. */
  when: StreamMoment;
  /** Makes the change. */
  change: () => void;
}

/** Makes each change for one stream exactly once, at the point where it is due. */
export class TimedChanges {
  #waiting: readonly TimedChange[];

  /** Accepts the changes. Changes for the same point are made in the given order. */
  constructor(timedChanges: readonly TimedChange[]) {
    this.#waiting = timedChanges;
  }

  /** Called before the server reads the rows of a type. */
  before(type: SyncRequestType | SyncEntityType): void {
    this.#make((when) => "before" in when && when.before === type);
  }

  /** Called after each line, with the number of lines so far. */
  afterLine(count: number): void {
    this.#make((when) => "afterLine" in when && when.afterLine <= count);
  }

  /** Called after the server has read all types. */
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
