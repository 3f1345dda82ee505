/**
 * Acknowledging: telling the server what is stored.
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
  /** Entity type that the checkpoint belongs to. */
  type: SyncEntityType;
  /** The ack that was last sent for it. */
  ack: string;
}

/** Options of {@linkcode deleteSyncAcks}. */
export interface DeleteSyncAcksOptions extends CallOptions {
  /**
   * The checkpoints to delete; none at all if the list is empty.
   * @default {all of them}
   */
  types?: readonly SyncEntityType[];
}

/**
 * Acknowledges events: the server will not send them to this session again.
 *
 * Takes events or their acks, in the order in which they came, and sends what
 * the protocol wants: of each checkpoint the newest, a reset alone,
 * `SyncCompleteV1` last, at most 1,000 in a request, and no request where there
 * is nothing to send.
 *
 * Acknowledge only what is stored: what is lost after its ack never comes
 * again. If one of several requests fails, the later ones are not sent; to send
 * all again does no harm.
 *
 * @throws {TypeError} If the session or an ack cannot be used.
 * @throws {AuthenticationError} If the session is over.
 * @throws {HttpError} If the server refuses an ack, one of no stream of its own for example.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example A second stream brings only what is new
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
  checkSession(session);
  if (!isIterable(acks)) {
    throw new TypeError("Cannot acknowledge: acks must be a list");
  }
  for (const request of planAcks(Array.from(acks, toAck))) {
    await callEmpty({
      session,
      action: "acknowledge",
      method: "POST",
      path: "/api/sync/ack",
      body: { acks: request },
    }, options);
  }
}

/**
 * Reads the checkpoints that the server keeps for a session.
 *
 * @throws {TypeError} If the session cannot be used.
 * @throws {AuthenticationError} If the session is over.
 * @throws {HttpError} If the server answers with another status than 200.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example A new session has none
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
      session,
      action: "read the sync checkpoints",
      method: "GET",
      path: "/api/sync/ack",
    },
    options,
    isSyncAcks,
  );
}

/**
 * Deletes checkpoints of a session: what they stand for comes again with the
 * next stream.
 *
 * @throws {TypeError} If the session cannot be used.
 * @throws {AuthenticationError} If the session is over.
 * @throws {HttpError} If the server answers with another status than 204.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example Fetching all users once more
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
  checkSession(session);
  // Servers answer 500 to an empty list.
  if (types?.length === 0) return;
  await callEmpty({
    session,
    action: "delete sync checkpoints",
    method: "DELETE",
    path: "/api/sync/ack",
    body: types === undefined ? {} : { types },
  }, options);
}

function toAck(item: string | { ack: string }): string {
  const ack = isObject(item) ? item.ack : item;
  if (typeof ack === "string") return ack;
  throw new TypeError(
    `Cannot acknowledge: received ${typeof ack}, an ack must be a string`,
  );
}

/** Whether a value is a list; a string is none, though it has characters. */
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
