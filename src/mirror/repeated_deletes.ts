/**
 * Skips deletes that were applied before.
 *
 * Some Immich upgrades delete individual checkpoints without a reset. The
 * server then sends all events of these types again. Upserts do no harm, but an
 * old delete would remove a row that has been added again since, such as an
 * album that was shared again.
 *
 * A new delete that was committed late may also precede a delete that is
 * already stored. The server sends such a delete only if a run failed before
 * sending its acks. Each delete is therefore compared with the last delete that
 * had been acknowledged when a sync ended.
 *
 * @module
 */
import type { SyncBatch } from "../sync/mod.ts";
import type { MirrorDatabase, SqlStatement } from "./database.ts";

/**
 * Matches acks of deletes whose position is a version 7 UUID: only these
 * positions have an order.
 */
const POSITION = /^\w+DeleteV\d+\|[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}$/;

/** The part of a batch to apply, and the last position of the batch's type. */
export interface Fresh {
  /** The batch, excluding deletes that were applied before. */
  batch: SyncBatch;
  /** The ack of the batch, or a later ack that is already stored. */
  ack: string;
}

/** How far one type's deletes have been applied. */
interface Applied {
  /** The ack of the last delete that is stored or about to be stored. */
  last: string;
  /** The ack of the last delete that had been acknowledged when a sync ended. */
  settled: string;
}

/**
 * Skips deletes that were applied by an earlier, completed sync. Each run has
 * its own instance.
 */
export class RepeatedDeletes {
  readonly #database: MirrorDatabase;
  readonly #applied: Map<string, Applied> = new Map();

  /** Creates an object for a run that holds the lease. */
  constructor(database: MirrorDatabase) {
    this.#database = database;
  }

  /** Returns the part of a batch that has not been applied. */
  async skip(batch: SyncBatch): Promise<Fresh> {
    const { type, events } = batch;
    const ack = events.at(-1)?.ack ?? "";
    if (!POSITION.test(ack)) return { batch, ack };
    const applied = await this.#read(type);
    const { last, settled } = applied;
    const isFresh = (event: { ack: string }) =>
      !POSITION.test(settled) || event.ack > settled;
    applied.last = POSITION.test(last) && last > ack ? last : ack;
    return {
      batch: { type, events: events.filter(isFresh) } as SyncBatch,
      ack: applied.last,
    };
  }

  async #read(type: string): Promise<Applied> {
    let applied = this.#applied.get(type);
    if (applied === undefined) {
      const sql = "SELECT ack, settled_ack FROM {mirror_events} WHERE type = ?";
      const [row] = await this.#database.all(sql, [type]);
      const last = String(row?.ack ?? "");
      applied = { last, settled: String(row?.settled_ack ?? "") };
      this.#applied.set(type, applied);
    }
    return applied;
  }
}

/**
 * Marks the stored deletes as acknowledged, after a sync has ended. Changes
 * nothing if another run has begun, because the deletes stored by that run may
 * not be acknowledged yet.
 */
export const SETTLE_DELETES: SqlStatement = {
  sql: "UPDATE {mirror_events} SET settled_ack = ack " +
    "WHERE settled_ack <> ack AND type LIKE '%Delete%' " +
    "AND (SELECT lease_holder FROM {mirror_state}) IS NULL",
  params: [],
};
