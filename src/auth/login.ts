/**
 * Sessions: beginning one with a password, ending one, and making children.
 *
 * @module
 */
import {
  callJson,
  type CallOptions,
  checkCallOptions,
  isAccessToken,
  isObject,
  normalizeBaseUrl,
  type Session,
} from "../http/mod.ts";
import type { LoginResponse, LogoutResponse } from "../protocol/mod.ts";

/** Options of {@linkcode login}. */
export interface LoginOptions extends CallOptions {
  /** Address of the server, with or without `/api`. */
  baseUrl: string | URL;
}

/** Options of {@linkcode createChildSession}. */
export interface ChildSessionOptions extends CallOptions {
  /**
   * How long the session lasts, in milliseconds, rounded up to seconds;
   * `false` for as long as its parent.
   * @default {false}
   */
  durationMs?: number | false;
  /**
   * Shown in the user's list of sessions.
   * @default {""}
   */
  deviceType?: string;
  /**
   * Shown in the user's list of sessions.
   * @default {""}
   */
  deviceOS?: string;
}

/**
 * Signs in with e-mail address and password.
 *
 * @throws {TypeError} If the address of the server cannot be used.
 * @throws {AuthenticationError} If the server knows no such user and password.
 * @throws {HttpError} If the server answers with another status than 201.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example Signing in
 * ```ts
 * import { login } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const { baseUrl, fetch } = new FakeImmich();
 * const session = await login("demo@immich.test", "demo", { baseUrl, fetch });
 * assertEquals(session.authType, "password");
 * ```
 */
export async function login(
  email: string,
  password: string,
  options: LoginOptions,
): Promise<Session> {
  checkCallOptions("sign in", options, ["baseUrl"], "baseUrl");
  const { baseUrl } = options;
  const response = await callJson(
    {
      baseUrl,
      action: "sign in",
      method: "POST",
      path: "/api/auth/login",
      body: { email, password },
      secrets: [password],
    },
    options,
    isLoginResponse,
  );
  return toSession(baseUrl, response, "password");
}

/**
 * Ends a session, on the server and with it its children and their sync
 * checkpoints.
 *
 * After a sign-in through OAuth, `redirectUri` of the answer is the provider's
 * end-session URL where the runtime lets a request carry a cookie, as browsers
 * do not.
 *
 * @throws {TypeError} If the session cannot be used.
 * @throws {AuthenticationError} If the session is over already.
 * @throws {HttpError} If the server answers with another status than 200.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example Signing out
 * ```ts
 * import { AuthenticationError, currentUser, login, logout } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assert, assertRejects } from "@std/assert";
 *
 * const { baseUrl, fetch } = new FakeImmich();
 * const session = await login("demo@immich.test", "demo", { baseUrl, fetch });
 * const { successful } = await logout(session, { fetch });
 * assert(successful);
 * await assertRejects(() => currentUser(session, { fetch }), AuthenticationError);
 * ```
 */
export async function logout(
  session: Session,
  options: CallOptions = {},
): Promise<LogoutResponse> {
  checkCallOptions("sign out", options);
  return await callJson(
    {
      session,
      action: "sign out",
      method: "POST",
      path: "/api/auth/logout",
      headers: session?.authType === "oauth"
        ? { cookie: "immich_auth_type=oauth" }
        : {},
    },
    options,
    isLogoutResponse,
  );
}

/**
 * Makes a session of its own for one consumer, with its own access token and
 * its own sync checkpoints. It ends with its parent, and a session that is not
 * used for 90 days ends: use the parent now and then. Servers since 1.133.
 *
 * Two consumers on one access token steal each other's changes: what one
 * acknowledges, the other never sees.
 *
 * @throws {TypeError} If the session cannot be used.
 * @throws {RangeError} If the duration is no positive number.
 * @throws {AuthenticationError} If the parent session is over.
 * @throws {HttpError} If the server answers with another status than 201.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example Two consumers that do not disturb each other
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
  checkCallOptions("create a child session", options, [
    "durationMs",
    "deviceType",
    "deviceOS",
  ]);
  const { durationMs = false, deviceType, deviceOS } = options;
  if (durationMs !== false && !(durationMs > 0 && durationMs < Infinity)) {
    throw new RangeError(
      `Cannot create a child session: durationMs is ${durationMs}, it must be a positive number or false`,
    );
  }
  const { token, expiresAt } = await callJson(
    {
      session,
      action: "create a child session",
      method: "POST",
      path: "/api/sessions",
      // JSON leaves out what is undefined.
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
  );
  const { baseUrl, userId, authType } = session;
  return {
    baseUrl: normalizeBaseUrl(baseUrl),
    accessToken: token,
    ...(userId === undefined ? {} : { userId }),
    ...(authType === undefined ? {} : { authType }),
    ...(typeof expiresAt === "string" ? { expiresAt } : {}),
  };
}

/** The session that the answer of a login stands for. */
export function toSession(
  baseUrl: string | URL,
  { accessToken, userId }: LoginResponse,
  authType: "oauth" | "password",
): Session {
  return { baseUrl: normalizeBaseUrl(baseUrl), accessToken, userId, authType };
}

/** Whether a value is the answer of a login, as far as this library needs it. */
export function isLoginResponse(value: unknown): value is LoginResponse {
  return isObject(value) && isAccessToken(value.accessToken) &&
    typeof value.userId === "string";
}

function isLogoutResponse(value: unknown): value is LogoutResponse {
  return isObject(value) && typeof value.successful === "boolean";
}

function isSessionCreateResponse(
  value: unknown,
): value is { token: string; expiresAt?: unknown } {
  return isObject(value) && isAccessToken(value.token);
}
