/**
 * Acknowledges events, and reads and deletes checkpoints.
 *
 * @module
 */
import {
  callEmpty,
  callJson,
  type CallOptions,
  checkCallOptions,
  checkSession,
  isObject,
  type Session,
} from "../http/mod.ts";
import type { SyncEntityType } from "../protocol/mod.ts";
import { planAcks } from "./checkpoint.ts";

/** A checkpoint that the server keeps for a session. */
export interface SyncAck {
  /** The entity type of the checkpoint. */
  type: SyncEntityType;
  /** The last ack sent for the checkpoint. */
  ack: string;
}

/** Options for {@linkcode deleteSyncAcks}. */
export interface DeleteSyncAcksOptions extends CallOptions {
  /**
   * The checkpoints to delete. An empty list deletes none.
   * @default {all of them}
   */
  types?: readonly SyncEntityType[];
}

/**
 * Acknowledges events, so that the server does not send them to this session
 * again.
 *
 * Sends what the protocol requires: the newest ack for each checkpoint, the ack for
 * a reset in a separate request, `SyncCompleteV1` last, and at most 1,000 acks per
 * request. Sends no request if there are no acks.
 *
 * Acknowledge an event only once it is stored, because the server does not send
 * acknowledged events again. If one of several requests fails, the remaining
 * requests are not sent. It is then safe to send all acks again.
 *
 * @param acks Events or their acks, in order of arrival.
 *
 * @throws {TypeError} If the session or an ack is not valid.
 * @throws {AuthenticationError} If the session has ended.
 * @throws {HttpError} If the server rejects an ack, for example an ack from another
 * server.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example The second stream contains only new events
 * ```ts
 * import { login, syncAck, syncStream } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * const { baseUrl, fetch } = server;
 * const session = await login("demo@immich.test", "demo", { baseUrl, fetch });
 *
 * const events = await Array.fromAsync(
 *   await syncStream(session, ["UsersV1"], { fetch }),
 * );
 * await syncAck(session, events, { fetch });
 *
 * const again = await Array.fromAsync(
 *   await syncStream(session, ["UsersV1"], { fetch }),
 * );
 * assertEquals(again.map((event) => event.type), ["SyncCompleteV1"]);
 * ```
 */
export async function syncAck(
  session: Session,
  acks: Iterable<string | { ack: string }>,
  options: CallOptions = {},
): Promise<void> {
  checkCallOptions("acknowledge", options);
  const credentials = checkSession(session);
  if (!isIterable(acks)) {
    throw new TypeError("Cannot acknowledge: acks must be an iterable");
  }
  for (const request of planAcks(Array.from(acks, toAck))) {
    const trace = await callEmpty({
      ...credentials,
      action: "acknowledge",
      method: "POST",
      path: "/api/sync/ack",
      body: { acks: request },
    }, options);
    trace?.add({ type: "ack", acks: request.length });
  }
}

/**
 * Reads the checkpoints that the server keeps for a session.
 *
 * @throws {TypeError} If the session is not valid.
 * @throws {AuthenticationError} If the session has ended.
 * @throws {HttpError} If the server responds with a status other than 200.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example A new session has no checkpoints
 * ```ts
 * import { getSyncAcks, login } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const { baseUrl, fetch } = new FakeImmich();
 * const session = await login("demo@immich.test", "demo", { baseUrl, fetch });
 * assertEquals(await getSyncAcks(session, { fetch }), []);
 * ```
 */
export async function getSyncAcks(
  session: Session,
  options: CallOptions = {},
): Promise<SyncAck[]> {
  checkCallOptions("read the sync checkpoints", options);
  return await callJson(
    {
      ...checkSession(session),
      action: "read the sync checkpoints",
      method: "GET",
      path: "/api/sync/ack",
    },
    options,
    isSyncAcks,
  );
}

/**
 * Deletes a session's sync checkpoints, so that the next stream contains the
 * data for these checkpoints again.
 *
 * @throws {TypeError} If the session or `types` is not valid.
 * @throws {AuthenticationError} If the session has ended.
 * @throws {HttpError} If the server responds with a status other than 204.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example Fetch all users again
 * ```ts
 * import { deleteSyncAcks, getSyncAcks, login, syncAck, syncStream } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const { baseUrl, fetch } = new FakeImmich();
 * const session = await login("demo@immich.test", "demo", { baseUrl, fetch });
 * const events = await syncStream(session, ["UsersV1"], { fetch });
 * await syncAck(session, await Array.fromAsync(events), { fetch });
 *
 * await deleteSyncAcks(session, { types: ["UserV1", "UserDeleteV1"], fetch });
 * const left = await getSyncAcks(session, { fetch });
 * assertEquals(left.map(({ type }) => type), ["SyncCompleteV1"]);
 * ```
 */
export async function deleteSyncAcks(
  session: Session,
  options: DeleteSyncAcksOptions = {},
): Promise<void> {
  checkCallOptions("delete sync checkpoints", options, ["types"]);
  const { types } = options;
  const credentials = checkSession(session);
  if (types !== undefined && !Array.isArray(types)) {
    throw new TypeError(
      "Cannot delete sync checkpoints: types must be an array of entity types",
    );
  }
  // Servers respond with 500 to an empty list.
  if (types?.length === 0) return;
  await callEmpty({
    ...credentials,
    action: "delete sync checkpoints",
    method: "DELETE",
    path: "/api/sync/ack",
    // JSON omits undefined properties.
    body: { types },
  }, options);
}

function toAck(item: string | { ack: string }): string {
  const ack = isObject(item) ? item.ack : item;
  if (typeof ack === "string") return ack;
  throw new TypeError(
    `Cannot acknowledge: an ack must be a string, received ${typeof ack}`,
  );
}

/** Returns whether a value is an iterable other than a string. */
function isIterable(value: unknown): boolean {
  return isObject(value) && Symbol.iterator in value;
}

function isSyncAcks(value: unknown): value is SyncAck[] {
  return Array.isArray(value) &&
    value.every((item) =>
      isObject(item) && typeof item.type === "string" &&
      typeof item.ack === "string"
    );
}
