/**
 * Signing in through the server's OAuth provider, with PKCE.
 *
 * @module
 */
import {
  callJson,
  type CallOptions,
  checkCallOptions,
  type Env,
  isObject,
  normalizeBaseUrl,
  type Session,
} from "../http/mod.ts";
import { HttpError, OAuthError, ProtocolError } from "../errors/mod.ts";
import { isLoginResponse, toSession } from "./login.ts";
import {
  checkCallback,
  type OAuthContext,
  repairAppUri,
} from "./oauth_callback.ts";
import { codeChallenge, createCodeVerifier, createState } from "./pkce.ts";

/** What {@linkcode authorize} gives. */
export interface Authorization {
  /** Where to send the user. */
  url: string;
  /** What {@linkcode callback} needs afterwards. */
  context: OAuthContext;
}

/** Options of {@linkcode authorize}. */
export interface AuthorizeOptions extends CallOptions {
  /** Address of the server, with or without `/api`. */
  baseUrl: string | URL;
}

/** Options of {@linkcode callback}. */
export interface CallbackOptions extends CallOptions {
  /**
   * Greatest age of the context, in milliseconds, or `false` for no limit.
   * @default {600000}
   */
  maxAgeMs?: number | false;
}

/**
 * Begins a sign-in: asks the server for its provider's login page.
 *
 * Send the user to `url`, keep `context`, and hand both the URL that the
 * provider sends the user back to and the context to {@linkcode callback}. The
 * redirect URI has to be registered with the provider.
 *
 * @throws {TypeError} If the redirect URI or the address of the server cannot be used.
 * @throws {HttpError} If the server has no OAuth, or answers with another status than 201.
 * @throws {ProtocolError} If the server names no login page.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example The two steps of a sign-in
 * ```ts
 * import { authorize, callback, currentUser } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const { baseUrl, fetch } = new FakeImmich();
 * const { url, context } = await authorize("https://app.example/callback", { baseUrl, fetch });
 *
 * // The user's browser: the provider asks, and sends the user back.
 * const provider = await fetch(url, { redirect: "manual" });
 * const callbackUrl = provider.headers.get("location")!;
 *
 * const session = await callback(callbackUrl, context, { fetch });
 * const user = await currentUser(session, { fetch });
 * assertEquals(user.email, "demo@immich.test");
 * ```
 */
export async function authorize(
  redirectUri: string | URL,
  options: AuthorizeOptions,
): Promise<Authorization> {
  return await authorizeWith(redirectUri, options, Date);
}

/** Does what {@linkcode authorize} does, by a given clock. */
export async function authorizeWith(
  redirectUri: string | URL,
  options: AuthorizeOptions,
  clock: Pick<Env, "now">,
): Promise<Authorization> {
  checkCallOptions("start the OAuth sign-in", options, ["baseUrl"], "baseUrl");
  const { baseUrl } = options;
  const redirect = String(redirectUri);
  if (!URL.canParse(redirect)) {
    throw new TypeError(
      `Cannot start the OAuth sign-in: redirect URI "${redirect}" must be an absolute URL`,
    );
  }
  const codeVerifier = createCodeVerifier();
  const ownState = createState();
  const { url } = await callJson(
    {
      baseUrl,
      action: "start the OAuth sign-in",
      method: "POST",
      path: "/api/oauth/authorize",
      body: {
        redirectUri: redirect,
        state: ownState,
        codeChallenge: await codeChallenge(codeVerifier),
      },
    },
    options,
    hasUrl,
  );
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new ProtocolError(
      "Cannot start the OAuth sign-in: the login page that the server names is no http or https URL",
    );
  }
  // Servers up to 1.131 put a state of their own in the place of ours.
  const state = new URL(url).searchParams.get("state") ?? ownState;
  const context: OAuthContext = {
    baseUrl: normalizeBaseUrl(baseUrl),
    redirectUri: redirect,
    state,
    codeVerifier,
    createdAt: clock.now(),
  };
  return { url, context };
}

/**
 * Finishes a sign-in: trades what the provider sent for a session.
 *
 * @param url The whole URL that the provider sent the user back to.
 * @param context What {@linkcode authorize} gave for this very sign-in.
 *
 * @throws {TypeError} If the URL is no absolute URL.
 * @throws {OAuthError} Before any request, if the user or the provider refused
 * (`oauth_denied`), the state is not the context's (`oauth_state_mismatch`),
 * there is no code (`oauth_callback`), or the context is too old
 * (`oauth_context`); and if the server or the provider refuses the code
 * (`oauth_callback`). Start again with {@linkcode authorize}.
 * @throws {HttpError} If the server answers with another status than 201 or 5xx,
 * such as 400 where it knows no such user and may not register one.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example A user who refuses
 * ```ts
 * import { authorize, callback, OAuthError } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const { baseUrl, fetch } = new FakeImmich({ provider: "refuse" });
 * const { url, context } = await authorize("https://app.example/callback", { baseUrl, fetch });
 * const provider = await fetch(url, { redirect: "manual" });
 * const callbackUrl = provider.headers.get("location")!;
 *
 * const error = await assertRejects(() => callback(callbackUrl, context, { fetch }), OAuthError);
 * assertEquals(error.code, "oauth_denied");
 * ```
 */
export async function callback(
  url: string | URL,
  context: OAuthContext,
  options: CallbackOptions = {},
): Promise<Session> {
  return await callbackWith(url, context, options, Date);
}

/** Does what {@linkcode callback} does, by a given clock. */
export async function callbackWith(
  url: string | URL,
  context: OAuthContext,
  options: CallbackOptions,
  clock: Pick<Env, "now">,
): Promise<Session> {
  checkCallOptions("finish the OAuth sign-in", options, ["maxAgeMs"]);
  const { maxAgeMs = 600_000 } = options;
  const callbackUrl = repairAppUri(String(url));
  const code = checkCallback(callbackUrl, context, maxAgeMs, clock.now());
  const { baseUrl, state, codeVerifier } = context;
  try {
    const response = await callJson(
      {
        baseUrl,
        action: "finish the OAuth sign-in",
        method: "POST",
        path: "/api/oauth/callback",
        body: { url: callbackUrl, state, codeVerifier },
        secrets: [codeVerifier, code, state],
      },
      options,
      isLoginResponse,
    );
    return toSession(baseUrl, response, "oauth");
  } catch (error) {
    if (error instanceof HttpError && error.status >= 500) {
      throw toOAuthError(error);
    }
    throw error;
  }
}

/** The server tells nothing: at the provider or in the server, all is a 5xx. */
function toOAuthError(cause: HttpError): OAuthError {
  const { status, serverMessage, correlationId } = cause;
  return new OAuthError(
    `Cannot finish the OAuth sign-in: the provider or the server refused, it answered ${status}` +
      (serverMessage === undefined ? "" : ` "${serverMessage}"`) +
      (correlationId === undefined ? "" : ` (correlation id ${correlationId})`),
    { code: "oauth_callback", correlationId, cause },
  );
}

function hasUrl(value: unknown): value is { url: string } {
  return isObject(value) && typeof value.url === "string";
}
