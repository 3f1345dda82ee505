/**
 * Creates child sessions.
 *
 * @module
 */
import { HttpError, ProtocolError } from "../errors/mod.ts";
import {
  callJson,
  type CallOptions,
  checkCallOptions,
  checkPositive,
  checkSession,
  isAccessToken,
  isObject,
  normalizeBaseUrl,
  pickDefined,
  type Session,
} from "../http/mod.ts";

/** Options for {@linkcode createChildSession}. */
export interface ChildSessionOptions extends CallOptions {
  /**
   * How long the session lasts, in milliseconds (rounded up to whole seconds);
   * `false` if it lasts as long as the parent session.
   * @default {false}
   */
  durationMs?: number | false;
  /**
   * The device type shown in the user's list of sessions.
   * @default {""}
   */
  deviceType?: string;
  /**
   * The operating system shown in the user's list of sessions.
   * @default {""}
   */
  deviceOS?: string;
}

/**
 * Creates a separate session for one consumer, with its own access token and
 * its own sync checkpoints. Requires Immich 1.133 or later.
 *
 * If two consumers share an access token, each misses changes, because a change
 * that was acknowledged by one is not sent to the other.
 *
 * A child session ends with its parent. Any session ends if it is not used for 90
 * days, so use the parent from time to time.
 *
 * @throws {TypeError} If the session is not valid.
 * @throws {RangeError} If the duration is not a positive number.
 * @throws {AuthenticationError} If the parent session has ended.
 * @throws {ProtocolError} If the server does not support child sessions.
 * @throws {HttpError} If the server responds with a status other than 201.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example Keep the checkpoints of two consumers separate
 * ```ts
 * import { createChildSession, getSyncAcks, login, syncAck, syncStream } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const { baseUrl, fetch } = new FakeImmich();
 * const session = await login("demo@immich.test", "demo", { baseUrl, fetch });
 * const child = await createChildSession(session, { deviceType: "backup", fetch });
 *
 * const events = await syncStream(child, ["UsersV1"], { fetch });
 * await syncAck(child, await Array.fromAsync(events), { fetch });
 * assertEquals(await getSyncAcks(session, { fetch }), []);
 * ```
 */
export async function createChildSession(
  session: Session,
  options: ChildSessionOptions = {},
): Promise<Session> {
  const child = await createChildIfSupported(session, options);
  if (child !== undefined) return child;
  throw new ProtocolError(
    "Cannot create a child session: the server does not support child sessions, which require Immich 1.133 or later; sign in once for each consumer",
  );
}

/**
 * Runs {@linkcode createChildSession}, but returns `undefined` if the server does
 * not support child sessions.
 */
export async function createChildIfSupported(
  session: Session,
  options: ChildSessionOptions,
): Promise<Session | undefined> {
  checkCallOptions("create a child session", options, [
    "durationMs",
    "deviceType",
    "deviceOS",
  ]);
  const { durationMs = false, deviceType, deviceOS } = options;
  if (durationMs !== false) {
    checkPositive("create a child session", { durationMs });
  }
  const created = await callJson(
    {
      ...checkSession(session),
      action: "create a child session",
      method: "POST",
      path: "/api/sessions",
      // JSON omits undefined properties.
      body: {
        duration: durationMs === false
          ? undefined
          : Math.ceil(durationMs / 1000),
        deviceType,
        deviceOS,
      },
    },
    options,
    isSessionCreateResponse,
  ).catch((error) => {
    const isUnknown = error instanceof HttpError &&
      (error.status === 404 || error.status === 405);
    if (!isUnknown) throw error;
  });
  if (created === undefined) return undefined;
  const { token, expiresAt } = created;
  return {
    baseUrl: normalizeBaseUrl(session.baseUrl),
    accessToken: token,
    ...pickDefined(session, ["userId", "authType"]),
    ...(typeof expiresAt === "string" ? { expiresAt } : {}),
  };
}

/** Returns whether a value is a new session, or the empty response of a server without child sessions. */
function isSessionCreateResponse(
  value: unknown,
): value is { token: string; expiresAt?: unknown } | undefined {
  return value === undefined ||
    (isObject(value) && isAccessToken(value.token));
}
