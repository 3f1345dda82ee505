/**
 * Signs in with a password, and signs out.
 *
 * @module
 */
import {
  callJson,
  type CallOptions,
  checkCallOptions,
  checkSession,
  isAccessToken,
  isObject,
  normalizeBaseUrl,
  type Session,
} from "../http/mod.ts";
import type { LoginResponse, LogoutResponse } from "../protocol/mod.ts";

/** Options for {@linkcode login}. */
export interface LoginOptions extends CallOptions {
  /** The address of the server, with or without `/api`. */
  baseUrl: string | URL;
}

/**
 * Signs in with an e-mail address and a password.
 *
 * @throws {TypeError} If the server's address, the e-mail address or the password
 * is not valid.
 * @throws {AuthenticationError} If the e-mail address or the password is wrong.
 * @throws {HttpError} If the server responds with a status other than 201.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example Sign in
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
  if (typeof email !== "string" || typeof password !== "string") {
    throw new TypeError(
      "Cannot sign in: the e-mail address and the password must be strings",
    );
  }
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
 * Signs out. Ends the session and its child sessions on the server, and deletes
 * their sync checkpoints.
 *
 * After an OAuth sign-in, the result's `redirectUri` is the provider's
 * end-session URL, except in browsers, which do not let requests set a cookie.
 *
 * @throws {TypeError} If the session is not valid.
 * @throws {AuthenticationError} If the session has already ended.
 * @throws {HttpError} If the server responds with a status other than 200.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example Sign out
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
      ...checkSession(session),
      action: "sign out",
      method: "POST",
      path: "/api/auth/logout",
      headers: session.authType === "oauth"
        ? { cookie: "immich_auth_type=oauth" }
        : {},
    },
    options,
    isLogoutResponse,
  );
}

/** Creates the session from the response to a sign-in. */
export function toSession(
  baseUrl: string | URL,
  { accessToken, userId }: LoginResponse,
  authType: "oauth" | "password",
): Session {
  return { baseUrl: normalizeBaseUrl(baseUrl), accessToken, userId, authType };
}

/** Returns whether a value has the login response fields that this library needs. */
export function isLoginResponse(value: unknown): value is LoginResponse {
  return isObject(value) && isAccessToken(value.accessToken) &&
    typeof value.userId === "string";
}

function isLogoutResponse(value: unknown): value is LogoutResponse {
  return isObject(value) && typeof value.successful === "boolean";
}
