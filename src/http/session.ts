/**
 * Sessions: the address of a server and a credential for it.
 *
 * @module
 */
import { normalizeBaseUrl } from "./base_url.ts";
import { isObject, typeOf } from "./json.ts";

/**
 * A session on one server. It is plain JSON: keep it in a sealed cookie, KV, a
 * Durable Object or a file. It contains a secret, the access token.
 *
 * Sync checkpoints belong to the session, so if two consumers share an access
 * token, neither receives the changes that the other has acknowledged. Give
 * each consumer its own session with `createChildSession`.
 */
export interface Session {
  /** The address of the server, without `/api`. */
  baseUrl: string;
  /** The credential. There is no refresh token: after a 401, sign in again. */
  accessToken: string;
  /** Id of the signed-in user. */
  userId?: string;
  /**
   * How the user signed in; `logout` needs this to return the provider's
   * end-session URL.
   */
  authType?: "oauth" | "password";
  /** When the session expires, in ISO 8601; absent if it expires only when unused. */
  expiresAt?: string;
}

/**
 * Checks a caller's session, and returns the properties needed for a call.
 *
 * @throws {TypeError} If the value is not a session, or contains an API key instead
 * of an access token.
 */
export function checkSession(
  session: Session,
): Pick<Session, "baseUrl" | "accessToken"> {
  if (!isObject(session)) {
    throw new TypeError(
      `Cannot use session: it must be an object with "baseUrl" and "accessToken", received ${
        typeOf(session)
      }`,
    );
  }
  if ("apiKey" in session) {
    throw new TypeError(
      "Cannot use an API key as a session: Immich rejects API keys on sync endpoints; sign in with login or authorize",
    );
  }
  // Checked here because the runtime's error would quote the token.
  const { baseUrl, accessToken } = session;
  if (!isAccessToken(accessToken)) {
    throw new TypeError(
      'Cannot use session: "accessToken" must be a string of visible ASCII characters',
    );
  }
  return { baseUrl: normalizeBaseUrl(baseUrl), accessToken };
}

/** Returns whether a value can be sent as a credential. */
export function isAccessToken(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value);
}

/** Returns whether a value is a session. */
export function isSession(value: unknown): value is Session {
  if (!isObject(value)) return false;
  const { baseUrl, accessToken, userId, authType, expiresAt } = value;
  return typeof baseUrl === "string" && isAccessToken(accessToken) &&
    ["string", "undefined"].includes(typeof userId) &&
    ["oauth", "password", undefined].includes(authType as string) &&
    ["string", "undefined"].includes(typeof expiresAt);
}
