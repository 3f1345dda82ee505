/**
 * Reads the signed-in user.
 *
 * @module
 */
import {
  callJson,
  type CallOptions,
  checkCallOptions,
  checkSession,
  isObject,
  type Session,
} from "../http/mod.ts";
import type { User } from "../protocol/mod.ts";

/**
 * Reads the signed-in user.
 *
 * @throws {TypeError} If the session is not valid.
 * @throws {AuthenticationError} If the session has ended.
 * @throws {HttpError} If the server responds with a status other than 200.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example Read the user's e-mail address
 * ```ts
 * import { currentUser, login } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const { baseUrl, fetch } = new FakeImmich();
 * const session = await login("demo@immich.test", "demo", { baseUrl, fetch });
 * const user = await currentUser(session, { fetch });
 * assertEquals(user.email, "demo@immich.test");
 * ```
 */
export async function currentUser(
  session: Session,
  options: CallOptions = {},
): Promise<User> {
  checkCallOptions("read the current user", options);
  return await callJson(
    {
      ...checkSession(session),
      action: "read the current user",
      method: "GET",
      path: "/api/users/me",
    },
    options,
    isUser,
  );
}

function isUser(value: unknown): value is User {
  return isObject(value) && typeof value.id === "string" &&
    typeof value.email === "string" && typeof value.name === "string";
}
