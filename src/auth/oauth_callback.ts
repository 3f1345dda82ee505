/**
 * The callback of an OAuth sign-in, as far as it can be judged without a server.
 *
 * @module
 */
import { OAuthError } from "../errors/mod.ts";
import { isObject, oneLine } from "../http/mod.ts";
import { equalsInConstantTime } from "./pkce.ts";

/**
 * What has to survive between `authorize` and `callback`: a
 * plain object that survives JSON. Keep it where only this browser's next
 * request finds it, in a sealed cookie for example: it holds a secret.
 */
export interface OAuthContext {
  /** Address of the server, without `/api`. */
  baseUrl: string;
  /** Where the provider sends the user back to. */
  redirectUri: string;
  /** The state that the callback has to carry (RFC 6749, 10.12). */
  state: string;
  /** The secret behind the code challenge (RFC 7636, 4.1). */
  codeVerifier: string;
  /** When it was made, in milliseconds since 1970. */
  createdAt: number;
}

/**
 * Checks everything that needs no server.
 *
 * @param maxAgeMs Greatest age of the context, in milliseconds.
 * @param now The time, in milliseconds since 1970.
 *
 * @returns The code.
 * @throws {TypeError} If the URL is no absolute URL.
 * @throws {OAuthError} If the sign-in cannot be finished with it.
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
      `${action}: there is no context of a sign-in, begin with authorize`,
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
      `${action}: the state in the callback URL is not the one of this sign-in`,
      { code: "oauth_state_mismatch" },
    );
  }
  const code = searchParams.get("code");
  if (!code) {
    throw new OAuthError(`${action}: the callback URL carries no code`, {
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

/** What the provider says instead of a code, in one line each: anybody can put anything there. */
function toDenial(
  searchParams: URLSearchParams,
): { error: string; error_description?: string } | undefined {
  const say = (name: string) => oneLine(searchParams.get(name) ?? "", 200);
  const error = say("error");
  if (error === "") return undefined;
  const error_description = say("error_description");
  return error_description === "" ? { error } : { error, error_description };
}

/** Some providers collapse the slashes of the mobile app's redirect URI. */
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
