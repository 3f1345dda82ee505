/**
 * Checks the callback of an OAuth sign-in before any request.
 *
 * @module
 */
import { OAuthError } from "../errors/mod.ts";
import { isObject, toSingleLine } from "../http/mod.ts";
import { equalsInConstantTime } from "./pkce.ts";

/**
 * The state of a sign-in between `authorize` and `callback`, as plain JSON. It
 * contains a secret: store it where only requests from the same browser can read it,
 * for example in a sealed cookie.
 */
export interface OAuthContext {
  /** The address of the server, without `/api`. */
  baseUrl: string;
  /** Where the provider sends the user back to. */
  redirectUri: string;
  /** The state expected in the callback (RFC 6749, 10.12). */
  state: string;
  /** The secret behind the code challenge (RFC 7636, 4.1). */
  codeVerifier: string;
  /** When the context was created, in milliseconds since 1970. */
  createdAt: number;
}

/**
 * Checks everything that can be checked without the server.
 *
 * @param maxAgeMs The maximum age of the context, in milliseconds.
 * @param now The time, in milliseconds since 1970.
 *
 * @returns The code in the callback URL.
 * @throws {TypeError} If the URL is not absolute.
 * @throws {OAuthError} If the sign-in was denied or cannot be finished.
 */
export function checkCallback(
  callbackUrl: string,
  context: OAuthContext,
  maxAgeMs: number | false,
  now: number,
): string {
  const action = "Cannot finish the OAuth sign-in";
  if (!URL.canParse(callbackUrl)) {
    throw new TypeError(`${action}: the callback URL must be an absolute URL`);
  }
  if (!isContext(context)) {
    throw new OAuthError(
      `${action}: the context is missing or invalid, start with authorize`,
      { code: "oauth_context" },
    );
  }
  const { searchParams } = new URL(callbackUrl);
  const denied = toDenial(searchParams);
  if (denied !== undefined) {
    const { error, error_description = "" } = denied;
    throw new OAuthError(
      `${action}: the provider answered "${error}"${
        error_description && ` (${error_description})`
      }`,
      { code: "oauth_denied", ...denied },
    );
  }
  const state = searchParams.get("state") ?? "";
  if (!equalsInConstantTime(state, context.state)) {
    throw new OAuthError(
      `${action}: the state in the callback URL is from another sign-in`,
      { code: "oauth_state_mismatch" },
    );
  }
  const code = searchParams.get("code");
  if (!code) {
    throw new OAuthError(`${action}: the callback URL has no code`, {
      code: "oauth_callback",
    });
  }
  if (maxAgeMs !== false && !(now - context.createdAt <= maxAgeMs)) {
    throw new OAuthError(
      `${action}: the context is older than ${maxAgeMs} ms`,
      { code: "oauth_context" },
    );
  }
  return code;
}

/** Reads the provider's error, and sanitizes it because the URL may contain any text. */
function toDenial(
  searchParams: URLSearchParams,
): { error: string; error_description?: string } | undefined {
  const read = (name: string) =>
    toSingleLine(searchParams.get(name) ?? "", 200);
  const error = read("error");
  if (error === "") return undefined;
  const error_description = read("error_description");
  return error_description === "" ? { error } : { error, error_description };
}

/** Restores the slashes that some providers collapse in the mobile app's redirect URI. */
export function repairAppUri(url: string): string {
  return url.replace(/^app\.immich:\/{1,2}(?!\/)/i, "app.immich:///");
}

function isContext(value: unknown): value is OAuthContext {
  return isObject(value) && typeof value.baseUrl === "string" &&
    typeof value.createdAt === "number" &&
    isNonEmpty(value.state) && isNonEmpty(value.codeVerifier);
}

function isNonEmpty(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
