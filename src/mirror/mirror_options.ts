/**
 * What a mirror can be told.
 *
 * @module
 */
import type { SyncRequestType } from "../protocol/mod.ts";
import type { SyncOptions } from "../sync/mod.ts";

/** Options of `createMirror`. */
export interface MirrorOptions {
  /** Id of the user whose library it mirrors. */
  userId: string;
  /**
   * How long a run that was killed keeps others away, in milliseconds.
   * @default {30000}
   */
  leaseMs?: number;
}

/** Options of `Mirror.sync`. */
export interface MirrorSyncOptions extends Omit<SyncOptions, "full"> {
  /**
   * Whether the server sends everything again, although `fullEveryMs` is not over.
   * `"wipe"` empties the mirror first.
   * @default {false}
   */
  full?: boolean | "wipe";
  /**
   * What to mirror.
   * @default {everything that the server has}
   */
  types?: readonly SyncRequestType[];
  /**
   * Time after which everything comes again, in milliseconds; `false` for never.
   * Rows that the server committed late come only so.
   * @default {2592000000, 30 days}
   */
  fullEveryMs?: number | false;
  /**
   * What to do while another run holds the mirror: to fail, or to wait until it
   * is over, or until its lease is if it was killed.
   * @default {"fail"}
   */
  whenBusy?: "fail" | "wait";
}
