/**
 * The processor of a `sync` run.
 *
 * @module
 */
import type { SyncRequestType } from "../protocol/mod.ts";
import type { Session } from "../http/mod.ts";
import type { SyncBatch } from "./batch.ts";
import type { SyncEnd, SyncStart } from "./steps.ts";

/** Stores the batches of a `sync` run. */
export interface SyncProcessor<R extends SyncRequestType = SyncRequestType> {
  /**
   * Called before the first request; throw an error to refuse a session that
   * belongs to another user or server.
   */
  accept?(session: Session): void | Promise<void>;
  /**
   * Stores a batch. The batch is acknowledged once `process` (and `flush`, if
   * implemented) has resolved, so the data must be durable by then. The same
   * rows may be sent again, so use upserts. An abort does not wait for
   * `process`: the run rejects at once, and the batch is not acknowledged.
   */
  process(batch: SyncBatch<R>): void | Promise<void>;
  /** Empties the local copy. The server sends everything again. */
  reset(): void | Promise<void>;
  /**
   * Durably stores everything that has been passed to `process`. Called before
   * each ack, before `end`, before a reset by the server, and whenever no batch
   * arrives for a second. If there is no `flush`, `process` must make its data
   * durable before it resolves.
   */
  flush?(): void | Promise<void>;
  /**
   * Called when a sync begins. A processor with `begin` and `end` is not reset
   * before a full sync. Instead, it marks the rows that arrive, and deletes the
   * unmarked rows in `end`. Decide for each row separately: a row may arrive before
   * its parent, so a missing parent does not mean that the row was deleted.
   *
   * An interrupted full sync continues in the next run, even if that run is an
   * incremental sync, so store the marks with the rows. A budget can also interrupt
   * a sync; `end` is then not called.
   *
   * @returns Whether a full sync from an earlier run is still unfinished.
   */
  begin?(start: SyncStart): boolean | void | Promise<boolean | void>;
  /**
   * Called when all streams of a sync are complete and stored. If a full sync
   * started in this run and `quiet` is `false`, keep the marks and let the next run
   * end that full sync, because a row that kept changing may not have arrived.
   */
  end?(end: SyncEnd): void | Promise<void>;
  /**
   * Whether `process` also receives the rows that `onPoison` would otherwise
   * handle.
   * @default {false}
   */
  checksRows?: boolean;
}

/** Checks a processor, and returns whether it marks and sweeps. */
export function checkProcessor(processor: SyncProcessor): boolean {
  const { accept, process, reset, flush, begin, end } = processor ?? {};
  if (typeof process !== "function" || typeof reset !== "function") {
    throw new TypeError(
      'Cannot sync: the processor must have the functions "process" and "reset"',
    );
  }
  if (typeof begin !== typeof end) {
    throw new TypeError(
      'Cannot sync: the processor must have both "begin" and "end", or neither',
    );
  }
  for (const [name, value] of Object.entries({ accept, flush })) {
    if (value !== undefined && typeof value !== "function") {
      throw new TypeError(`Cannot sync: "${name}" must be a function`);
    }
  }
  return typeof begin === "function";
}
