/**
 * What a run remembers about the sync in progress.
 *
 * @module
 */
import type { AckSet } from "./checkpoint.ts";
import { Settling } from "./settling.ts";

/** A sync in progress. A full sync replaces the sync that it interrupts. */
export class CurrentSync {
  /** Decides when the sync may end. */
  readonly settling: Settling = new Settling();
  /** Whether the next stream must start from the beginning. */
  fromZero = false;
  /** Whether the sync begins in the local copy only once the next stream is open. */
  beginsLate = false;
  /**
   * The acks sent since the server deleted its checkpoints; `undefined` if late acks
   * are not detected.
   */
  sent: AckSet | undefined;

  /** Creates a sync; `sent` is an empty set if the server deletes its checkpoints. */
  constructor(sent?: AckSet) {
    this.sent = sent;
  }

  /**
   * The acks that explain the server's checkpoints while the next stream is open.
   * A stream from the beginning ignores the checkpoints.
   */
  get expectedAcks(): AckSet | undefined {
    return this.fromZero ? undefined : this.sent;
  }
}
