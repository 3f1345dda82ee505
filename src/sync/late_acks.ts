/**
 * Detects acks that reach the server late.
 *
 * If an earlier run was aborted or timed out, one of its acks may arrive after a
 * full sync has begun. Such an ack moves a checkpoint past rows that the full sync
 * has not received yet, so the next stream omits those rows.
 *
 * @module
 */
import type { CallOptions, Session } from "../http/mod.ts";
import type { AckSet } from "./checkpoint.ts";
import type { RunSource } from "./run_source.ts";

/**
 * Returns whether the server has a checkpoint that this run did not set. Call
 * this after the head of a stream has arrived, so that the server has read its
 * checkpoints, but before the next ack is sent, because that ack could replace
 * a late one.
 *
 * @param sent The acks sent since the server deleted its checkpoints.
 */
export async function hasLateAck(
  source: Pick<RunSource, "getSyncAcks">,
  session: Session,
  sent: AckSet,
  call: CallOptions,
): Promise<boolean> {
  const checkpoints = await source.getSyncAcks?.(session, call)
    // A server that cannot list its checkpoints can still be synced.
    .catch(() => undefined);
  // The server sets the checkpoints of backfills itself. Checkpoints of control
  // events do not make a stream omit rows.
  return checkpoints?.some(({ type, ack }) =>
    !/^Sync|Backfill/.test(type) && !sent.has(ack)
  ) ?? false;
}
