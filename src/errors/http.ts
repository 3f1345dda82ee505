/**
 * Errors for HTTP responses that report a failure.
 *
 * @module
 */
import { ImmichError } from "./base.ts";

/** The properties of an {@linkcode HttpError} that describe the response. */
export interface HttpErrorInit {
  /** The status code. */
  status: number;
  /** The id of the failure in the server's log. */
  correlationId?: string | undefined;
  /** The server's message, with secrets removed. */
  serverMessage?: string | undefined;
  /** How long the server asks clients to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
}

/**
 * The server responded with a status other than 2xx.
 *
 * @example Read how long to wait
 * ```ts
 * import { currentUser, HttpError } from "@immich-edge/sync";
 * import { assert, assertEquals, assertRejects } from "@std/assert";
 *
 * const session = { baseUrl: "https://immich.test", accessToken: "token" };
 * const init = { status: 503, headers: { "retry-after": "120" } };
 * const fetch = () => Promise.resolve(new Response(null, init));
 * const error = await assertRejects(() => currentUser(session, { fetch }), HttpError);
 * assertEquals(error.retryAfterMs, 120_000);
 * assert(error.retryable);
 * ```
 */
export class HttpError extends ImmichError {
  /** The class name. */
  override readonly name:
    | "HttpError"
    | "AuthenticationError"
    | "AuthorizationError" = "HttpError";
  /**
   * The status code, or 0 if a browser hid a redirect or `fetch` followed one.
   */
  readonly status: number;
  /** The id of the failure in the server's log. */
  readonly correlationId: string | undefined;
  /** The server's message, with secrets removed. */
  readonly serverMessage: string | undefined;
  /** How long the server asks clients to wait, in milliseconds (RFC 9110, 10.2.3). */
  readonly retryAfterMs: number | undefined;

  /** Creates an error from a response. */
  constructor(
    message: string,
    init: HttpErrorInit,
    code: "http" | "authentication" | "authorization" = "http",
  ) {
    super(message, { code, retryable: isRetryableStatus(init.status) });
    this.status = init.status;
    this.correlationId = init.correlationId;
    this.serverMessage = init.serverMessage;
    this.retryAfterMs = init.retryAfterMs;
  }
}

/**
 * Status 401: the session has ended or is not valid. Sign in again.
 *
 * @example A session that has ended
 * ```ts
 * import { AuthenticationError, currentUser, logout } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertRejects } from "@std/assert";
 *
 * const server = new FakeImmich();
 * const { fetch } = server;
 * const session = server.createSession();
 * await logout(session, { fetch });
 * await assertRejects(() => currentUser(session, { fetch }), AuthenticationError);
 * ```
 */
export class AuthenticationError extends HttpError {
  /** The class name. */
  override readonly name = "AuthenticationError" as const;

  /** Creates an error from a response with status 401. */
  constructor(message: string, init: HttpErrorInit) {
    super(message, init, "authentication");
  }
}

/**
 * Status 403: the user is not allowed to do this. If an API key is
 * the cause, the message says so.
 *
 * @example An API key where a session is required
 * ```ts
 * import { AuthorizationError, getSyncAcks } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertRejects } from "@std/assert";
 *
 * const server = new FakeImmich();
 * const client = {
 *   request: ({ method, url }: { method: string; url: string }) =>
 *     server.fetch(url, { method, headers: { "x-api-key": server.apiKey } }),
 * };
 * await assertRejects(
 *   () => getSyncAcks(server.createSession(), { client }),
 *   AuthorizationError,
 *   "an API key was sent",
 * );
 * ```
 */
export class AuthorizationError extends HttpError {
  /** The class name. */
  override readonly name = "AuthorizationError" as const;

  /** Creates an error from a response with status 403. */
  constructor(message: string, init: HttpErrorInit) {
    super(message, init, "authorization");
  }
}

/** Returns whether the same request may succeed later (RFC 9110, RFC 6585). */
function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}
