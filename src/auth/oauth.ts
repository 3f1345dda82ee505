/**
 * Signs in through the server's OAuth provider, with PKCE.
 *
 * @module
 */
import {
  callJson,
  type CallOptions,
  checkAtLeastOrFalse,
  checkCallOptions,
  type Env,
  isObject,
  normalizeBaseUrl,
  type Session,
} from "../http/mod.ts";
import { HttpError, OAuthError, ProtocolError } from "../errors/mod.ts";
import { isLoginResponse, toSession } from "./login.ts";
import { checkCallback, type OAuthContext } from "./oauth_callback.ts";
import { codeChallenge, createCodeVerifier, createState } from "./pkce.ts";

/** The result of {@linkcode authorize}. */
export interface Authorization {
  /** The URL of the provider's login page; send the user there. */
  url: string;
  /** The state of this sign-in, to pass to {@linkcode callback}. */
  context: OAuthContext;
}

/** Options for {@linkcode authorize}. */
export interface AuthorizeOptions extends CallOptions {
  /** The address of the server, with or without `/api`. */
  baseUrl: string | URL;
}

/** Options for {@linkcode callback}. */
export interface CallbackOptions extends CallOptions {
  /**
   * The maximum age of the context, in milliseconds; `false` for no limit.
   * @default {600000}
   */
  maxAgeMs?: number | false;
}

/**
 * Starts a sign-in: asks the server for the login page of its OAuth provider.
 *
 * Send the user to `url` and keep `context`. When the provider redirects the user
 * back, pass the URL of that request and the context to {@linkcode callback}.
 *
 * @param redirectUri The URL that the provider sends the user back to. Its
 * normalized form (`new URL(redirectUri).href`) must be registered with the
 * provider.
 *
 * @throws {TypeError} If the redirect URI or the server's address is not valid.
 * @throws {HttpError} If OAuth is not enabled, or the server responds with a status other than 201.
 * @throws {ProtocolError} If the response contains no usable login page URL.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example Sign in, in two steps
 * ```ts
 * import { authorize, callback, currentUser } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const { baseUrl, fetch } = new FakeImmich();
 * const { url, context } = await authorize("https://app.example/callback", { baseUrl, fetch });
 *
 * // In the user's browser: the provider signs the user in and redirects back.
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

/** Runs {@linkcode authorize} with the given clock. */
export async function authorizeWith(
  redirectUri: string | URL,
  options: AuthorizeOptions,
  clock: Pick<Env, "now">,
): Promise<Authorization> {
  checkCallOptions("start the OAuth sign-in", options, ["baseUrl"], "baseUrl");
  const { baseUrl } = options;
  const given = String(redirectUri);
  if (!URL.canParse(given) || given.includes("#")) {
    throw new TypeError(
      `Cannot start the OAuth sign-in: redirect URI "${given}" must be an absolute URL without a fragment`,
    );
  }
  // The server normalizes the URL of the callback, and a provider rejects any
  // difference between the two redirect URIs (RFC 6749, 4.1.3).
  const redirect = new URL(given).href;
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
      secrets: [ownState],
    },
    options,
    hasUrl,
  );
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new ProtocolError(
      "Cannot start the OAuth sign-in: the login page is not an http or https URL",
    );
  }
  // Servers up to 1.131 replace the state with their own.
  const states = new URL(url).searchParams.getAll("state");
  const state = states.length === 1 && states[0] || ownState;
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
 * Finishes a sign-in: exchanges the provider's code for a session.
 *
 * Checks the state first. Sends the server the redirect URI from the context,
 * combined with the query of `url`, so it does not matter if a proxy has
 * changed the rest of `url`.
 *
 * @param url The URL that the provider redirected the user to: the URL of the request
 * that your app received.
 * @param context The `context` that {@linkcode authorize} returned for this sign-in.
 *
 * @throws {TypeError} If the URL is not absolute, contains a user name or a
 * password, or has a scheme other than `http:`, `https:` or the redirect URI's
 * scheme.
 * @throws {RangeError} If `maxAgeMs` is out of range.
 * @throws {OAuthError} Before any request, if the state does not match the context
 * (`oauth_state_mismatch`), the user or the provider denied the sign-in
 * (`oauth_denied`), the code is missing or a parameter is repeated
 * (`oauth_callback`), or the context is invalid or too old (`oauth_context`). After
 * the request, if the server or the provider rejects the code (`oauth_callback`).
 * Start again with {@linkcode authorize}.
 * @throws {HttpError} If the server responds with a status other than 201 or 5xx; for
 * example, 400 if the user is unknown and automatic registration is disabled.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example Handle a denied sign-in
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

/** Runs {@linkcode callback} with the given clock. */
export async function callbackWith(
  url: string | URL,
  context: OAuthContext,
  options: CallbackOptions,
  clock: Pick<Env, "now">,
): Promise<Session> {
  checkCallOptions("finish the OAuth sign-in", options, ["maxAgeMs"]);
  const { maxAgeMs = 600_000 } = options;
  checkAtLeastOrFalse("finish the OAuth sign-in", 0, { maxAgeMs });
  const checked = checkCallback(url, context, maxAgeMs, clock.now());
  const { baseUrl, state, codeVerifier } = context;
  try {
    const response = await callJson(
      {
        baseUrl,
        action: "finish the OAuth sign-in",
        method: "POST",
        path: "/api/oauth/callback",
        body: { url: checked.url, state, codeVerifier },
        secrets: [codeVerifier, checked.code, state],
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

/**
 * Creates the error for a 5xx response, which does not say whether the provider
 * or the server failed.
 */
function toOAuthError(cause: HttpError): OAuthError {
  const { message, correlationId } = cause;
  return new OAuthError(
    message.replace(":", ": the provider or the server failed;"),
    { code: "oauth_callback", correlationId, cause },
  );
}

function hasUrl(value: unknown): value is { url: string } {
  return isObject(value) && typeof value.url === "string";
}
