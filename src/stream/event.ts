/**
 * Turns the JSON of a line into an event.
 *
 * @module
 */
import { isObject } from "../http/mod.ts";
import {
  SYNC_REQUESTS,
  type SyncEntityType,
  type SyncEvent,
  type UnknownEntityType,
} from "../protocol/mod.ts";

/**
 * Turns a parsed line of a sync stream into an event, as `syncStream` does. Use
 * this function for lines from another source, such as a recording.
 *
 * An event is an object with
 * - `type`: a non-empty string;
 * - `ack`: a string, possibly empty; servers 1.136 and 1.137 send `SyncResetV1`
 *   without an ack, so an empty ack is added;
 * - `data`: an object if this library knows the type, otherwise anything but
 *   `undefined`.
 *
 * The contents of `data` are not checked. Properties added by newer servers are
 * preserved.
 *
 * @returns The value itself, or a copy if an ack was added; `undefined` if the
 * value is not an event.
 *
 * @example Read a recorded line
 * ```ts
 * import { toSyncEvent } from "@immich-edge/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const line = '{"type":"UserDeleteV1","data":{"userId":"1"},"ack":"UserDeleteV1|1"}';
 * const event = toSyncEvent(JSON.parse(line));
 * assertEquals(event?.type === "UserDeleteV1" && event.data.userId, "1");
 * assertEquals(toSyncEvent({ message: "Not found" }), undefined);
 * ```
 */
export function toSyncEvent(value: unknown): SyncEvent | undefined {
  if (!isObject(value)) return undefined;
  const event: { type?: unknown; data?: unknown; ack?: unknown } = value;
  const { type, data, ack } = event;
  if (typeof type !== "string" || type === "") return undefined;
  if (!isObject(data) && (data === undefined || isKnownType(type))) {
    return undefined;
  }
  if (typeof ack === "string") return event as SyncEvent;
  if (type !== "SyncResetV1" || ack !== undefined) return undefined;
  return { ...event, ack: "" } as SyncEvent;
}

/**
 * Returns whether an event or a batch has a type that this library does not know,
 * such as a type from a fork or a newer server.
 *
 * @param type If given, the event or batch must also have exactly this type.
 * Passing a name that this library knows is a compile error: compare `type`
 * instead.
 *
 * @example Handle the events of a fork
 * ```ts
 * import { hasUnknownType, type SyncEvent, toSyncEvent } from "@immich-edge/sync";
 * import { assertEquals } from "@std/assert";
 *
 * function describe(event: SyncEvent): string {
 *   if (event.type === "AssetV2") return event.data.originalFileName;
 *   if (hasUnknownType(event, "ForkV1")) return JSON.stringify(event.data);
 *   return hasUnknownType(event) ? "unknown" : "known";
 * }
 *
 * const event = toSyncEvent({ type: "ForkV1", data: [1], ack: "" });
 * assertEquals(event && describe(event), "[1]");
 * ```
 */
export function hasUnknownType<
  E extends { type: string },
  T extends string = string,
>(
  value: E,
  type?: Exclude<T, SyncEntityType>,
): value is
  & Extract<E, { type: UnknownEntityType }>
  & { type: UnknownEntityType<T> } {
  return !isKnownType(value.type) &&
    (type === undefined || value.type === type);
}

/** Returns whether this library knows an entity type. */
export function isKnownType(type: string): boolean {
  return /^Sync(Ack|Reset|Complete)V1$/.test(type) ||
    Object.values(SYNC_REQUESTS).some(({ entities }) =>
      (entities as readonly string[]).includes(type)
    );
}
