/** Reads sync streams. */
import {
  createChildSession,
  type Session,
  syncAck,
  type SyncEvent,
  type SyncRequestType,
  syncStream,
  type SyncStreamOptions,
} from "@immich-edge/sync";
import { type Account, pause } from "./account.ts";
import type { Stage } from "./stage.ts";

/** Reads a stream to its end. */
export async function readStream(
  session: Session,
  types: readonly SyncRequestType[],
  options: SyncStreamOptions,
): Promise<SyncEvent[]> {
  return await Array.fromAsync(await syncStream(session, types, options));
}

/** Returns the events that contain rows or deletes. */
export function rowsOf(events: readonly SyncEvent[]): SyncEvent[] {
  return events.filter(({ type }) =>
    !/^Sync(Ack|Reset|Complete)V1$/.test(type)
  );
}

/** Returns the types of events, without their versions. */
export function kindsOf(events: readonly SyncEvent[]): Set<string> {
  return new Set(events.map(({ type }) => type.replace(/V\d+$/, "")));
}

/** Waits until nothing visible to a user changes any more. */
export async function settle(stage: Stage, account: Account): Promise<void> {
  const { types, signal, options } = stage;
  const session = await createChildSession(account.session, { signal });
  let quiet = 0;
  while (quiet < 2) {
    const events = await readStream(session, types, { signal });
    await syncAck(session, events, { signal });
    quiet = rowsOf(events).length > 0 ? 0 : quiet + 1;
    await pause(options.quietMs, signal);
  }
}
