/**
 * A login: where it is valid, and its credential.
 *
 * @module
 */
import { normalizeBaseUrl } from "./base_url.ts";

/**
 * A login on one server. A plain object that survives JSON: keep it in a sealed
 * cookie, KV, a Durable Object or a file. Holds a secret, the access token.
 *
 * Sync checkpoints belong to the session: two consumers on one access token
 * steal each other's changes. Give each its own with `createChildSession`.
 */
export interface Session {
  /** Address of the server, without `/api`. */
  baseUrl: string;
  /** The credential. There is no refresh token: a 401 ends it. */
  accessToken: string;
  /** Id of the user who is signed in. */
  userId?: string;
  /** How the user signed in; tells `logout` whether a provider is involved. */
  authType?: "oauth" | "password";
  /** When it ends at the latest, ISO 8601; absent where only disuse ends it. */
  expiresAt?: string;
}

/**
 * Checks what a caller handed in as a session.
 *
 * @throws {TypeError} If it is no session, or an API key in its place.
 */
export function checkSession(session: Session): void {
  if (typeof session !== "object" || session === null) {
    throw new TypeError(
      `Cannot use session: received ${
        session === null ? "null" : typeof session
      }, it must be an object with "baseUrl" and "accessToken"`,
    );
  }
  if ("apiKey" in session) {
    throw new TypeError(
      "Cannot use an API key as session: Immich refuses API keys on every sync endpoint, sign in with login or authorize instead",
    );
  }
  // Checked here because a runtime's own error would quote the token.
  if (!isAccessToken(session.accessToken)) {
    throw new TypeError(
      'Cannot use session: "accessToken" must be a string of visible ASCII characters',
    );
  }
  normalizeBaseUrl(session.baseUrl);
}

/** Whether a value can be sent as a credential. */
export function isAccessToken(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value);
}
