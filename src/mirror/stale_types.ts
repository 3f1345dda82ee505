/**
 * Makes the server resend the rows of types whose stored rows are incomplete,
 * for example after a migration.
 *
 * @module
 */
import { type Session, toCallOptions } from "../http/mod.ts";
import { type Budget, deleteSyncAcks } from "../sync/mod.ts";
import type { Lease } from "./lease.ts";
import type { MirrorSyncOptions } from "./mirror_options.ts";
import { type MirrorState, setState } from "./state.ts";

/** Deletes the checkpoints of stale types, so that the server sends their rows again. */
export async function refreshStaleTypes(
  { staleTypes }: MirrorState,
  lease: Lease,
  session: Session,
  { source, ...options }: MirrorSyncOptions,
  budget: Budget,
): Promise<void> {
  const { deleteSyncAcks: remove } = source ?? { deleteSyncAcks };
  if (staleTypes.length === 0 || !remove) return;
  budget.spend();
  const call = { ...toCallOptions(options), types: staleTypes };
  await remove.call(source, session, call);
  await lease.write([setState("stale_types = '[]'")]);
}
