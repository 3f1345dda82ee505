/**
 * From the JSON of a line to an event.
 *
 * @module
 */
import { isObject } from "../http/mod.ts";
import { SYNC_REQUESTS, type SyncEvent } from "../protocol/mod.ts";

/**
 * Reads one parsed line as an event. The object itself is the event: nothing
 * is copied, and what a newer server adds to it stays.
 *
 * @returns The event, or `undefined` if the value is no event's envelope.
 */
export function toSyncEvent(value: unknown): SyncEvent | undefined {
  if (!isObject(value)) return undefined;
  const event: { type?: unknown; data?: unknown; ack?: unknown } = value;
  if (typeof event.type !== "string" || event.type === "") return undefined;
  // Servers from 1.136 to 1.137 send a reset without an ack.
  if (event.type === "SyncResetV1" && event.ack === undefined) event.ack = "";
  if (typeof event.ack !== "string") return undefined;
  if (!isObject(event.data)) {
    // Whatever a fork sends is its own business, a known row is an object.
    if (event.data === undefined || isKnownType(event.type)) return undefined;
  }
  return event as SyncEvent;
}

/** Whether this library knows an entity type. */
export function isKnownType(type: string): boolean {
  return /^Sync(Ack|Reset|Complete)V1$/.test(type) ||
    Object.values(SYNC_REQUESTS).some(({ entities }) =>
      (entities as readonly string[]).includes(type)
    );
}
