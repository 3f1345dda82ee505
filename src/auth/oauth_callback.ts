/**
 * Checks the callback of an OAuth sign-in before any request.
 *
 * @module
 */
import { OAuthError, type OAuthErrorCode } from "../errors/mod.ts";
import { isObject, sanitize } from "../http/mod.ts";
import { equalsInConstantTime } from "./pkce.ts";

/**
 * The state of a sign-in between `authorize` and `callback`, as plain JSON. It
 * contains a secret: store it where only the same browser can present it, for
 * example in a sealed cookie.
 */
export interface OAuthContext {
  /** The address of the server, without `/api`. */
  baseUrl: string;
  /** The URL that the provider sends the user back to. */
  redirectUri: string;
  /** The state expected in the callback (RFC 6749, 10.12). */
  state: string;
  /** The secret behind the code challenge (RFC 7636, 4.1). */
  codeVerifier: string;
  /** When the context was created, in milliseconds since 1970. */
  createdAt: number;
}

/**
 * Parameters that the provider may send at most once (RFC 6749, 3.1; RFC 9207).
 */
const PARAMETERS = ["state", "error", "error_description", "code", "iss"];

/**
 * Checks everything that can be checked without the server.
 *
 * @param maxAgeMs The maximum age of the context, in milliseconds.
 * @param now The time, in milliseconds since 1970.
 *
 * @returns The code, and the URL to post: the redirect URI with the callback
 * URL's query. Behind a proxy, the rest of the callback URL may differ from the
 * redirect URI.
 * @throws {TypeError} If a provider cannot have redirected the user to the URL.
 * @throws {OAuthError} If the sign-in was denied or cannot be finished.
 */
export function checkCallback(
  callbackUrl: string | URL,
  context: OAuthContext,
  maxAgeMs: number | false,
  now: number,
): { code: string; url: string } {
  const action = "Cannot finish the OAuth sign-in";
  const fail = (code: OAuthErrorCode, problem: string, init = {}) =>
    new OAuthError(`${action}: ${problem}`, { code, ...init });
  if (!isOAuthContext(context)) {
    throw fail(
      "oauth_context",
      "the context is missing or invalid; start again with authorize",
    );
  }
  const { redirectUri, createdAt } = context;
  const { search, searchParams } = parseCallbackUrl(
    String(callbackUrl),
    redirectUri,
    action,
  );
  const repeated = PARAMETERS.find((name) =>
    searchParams.getAll(name).length > 1
  );
  // Checked first, because anyone can send a user here with made-up parameters.
  const state = searchParams.get("state") ?? "";
  if (repeated === "state" || !equalsInConstantTime(state, context.state)) {
    throw fail(
      "oauth_state_mismatch",
      "the state in the callback URL is from another sign-in",
    );
  }
  if (repeated !== undefined) {
    throw fail(
      "oauth_callback",
      `the callback URL has more than one "${repeated}"`,
    );
  }
  const denied = toDenial(searchParams, context);
  if (denied !== undefined) {
    const { error, error_description = "" } = denied;
    throw fail(
      "oauth_denied",
      `the provider answered "${error}"${
        error_description && ` (${error_description})`
      }`,
      denied,
    );
  }
  const code = searchParams.get("code");
  if (!code) throw fail("oauth_callback", "the callback URL has no code");
  // A context whose `createdAt` is in the future would be valid for too long.
  if (maxAgeMs !== false && !(Math.abs(now - createdAt) <= maxAgeMs)) {
    throw fail(
      "oauth_context",
      `the context was not created in the last ${maxAgeMs} ms; start again with authorize`,
    );
  }
  return { code, url: redirectUri.replace(/[?#].*$/s, "") + search };
}

function parseCallbackUrl(
  callbackUrl: string,
  redirectUri: string,
  action: string,
): URL {
  const url = URL.canParse(callbackUrl) ? new URL(callbackUrl) : undefined;
  const protocols = ["https:", "http:", new URL(redirectUri).protocol];
  if (
    url !== undefined && protocols.includes(url.protocol) &&
    url.username === "" && url.password === ""
  ) return url;
  throw new TypeError(
    `${action}: the callback URL must be absolute, use http, https or the redirect URI's scheme, and contain no user name or password`,
  );
}

/** Reads the provider's error, and sanitizes it because the URL may contain any text. */
function toDenial(
  searchParams: URLSearchParams,
  { state, codeVerifier }: OAuthContext,
): { error: string; error_description?: string } | undefined {
  const secrets = [state, codeVerifier, searchParams.get("code") ?? ""];
  const read = (name: string) =>
    sanitize(searchParams.get(name) ?? "", secrets, 200);
  const error = read("error");
  if (error === "") return undefined;
  const error_description = read("error_description");
  return error_description === "" ? { error } : { error, error_description };
}

/** Returns whether a value is a context that `authorize` returned. */
export function isOAuthContext(value: unknown): value is OAuthContext {
  return isObject(value) && typeof value.baseUrl === "string" &&
    Number.isFinite(value.createdAt) &&
    typeof value.redirectUri === "string" && URL.canParse(value.redirectUri) &&
    isNonEmpty(value.state) && isNonEmpty(value.codeVerifier);
}

function isNonEmpty(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
