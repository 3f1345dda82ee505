/**
 * Skips deletes that were applied before.
 *
 * Some upgrades of Immich delete single checkpoints, without a reset. The server then
 * sends all events of these types again. Upserts do no harm, but an old delete
 * would remove a row that was added again since, such as an album that was shared
 * again.
 *
 * @module
 */
import type { SyncBatch } from "../sync/mod.ts";
import type { MirrorDatabase } from "./database.ts";

/** The ack for a delete of a server whose positions are ordered: UUIDs of version 7. */
const POSITION = /^\w+DeleteV\d+\|[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}$/;

/** The part of a batch to apply, and the last position of its type. */
export interface Fresh {
  /** The batch without deletes that were applied before. */
  batch: SyncBatch;
  /** The ack of the batch, or a later one that is already stored. */
  ack: string;
}

/** Skips the deletes at or before the last stored one of their type. */
export async function skipRepeatedDeletes(
  database: MirrorDatabase,
  batch: SyncBatch,
): Promise<Fresh> {
  const { type, events } = batch;
  const ack = events.at(-1)?.ack ?? "";
  if (!POSITION.test(ack)) return { batch, ack };
  const sql = "SELECT ack FROM {mirror_events} WHERE type = ?";
  const [row] = await database.all(sql, [type]);
  const last = String(row?.ack ?? "");
  if (!POSITION.test(last)) return { batch, ack };
  const fresh = events.filter((event) => event.ack > last);
  return {
    batch: { type, events: fresh } as SyncBatch,
    ack: ack > last ? ack : last,
  };
}
