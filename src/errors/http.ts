/**
 * Failures that a server answers.
 *
 * @module
 */
import { ImmichError } from "./base.ts";

/** What an {@linkcode HttpError} knows of the server's answer. */
export interface HttpErrorInit {
  /** Status of the answer. */
  status: number;
  /** Id under which the server logged the failure. */
  correlationId?: string | undefined;
  /** What the server said, with secrets struck out. */
  serverMessage?: string | undefined;
  /** How long the server asked to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
}

/**
 * The server answered with a status that is no success.
 *
 * @example How long to wait
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
  /** Name of the class. */
  override readonly name:
    | "HttpError"
    | "AuthenticationError"
    | "AuthorizationError" = "HttpError";
  /** Status of the answer; 0 for a redirect that a browser hides. */
  readonly status: number;
  /** Id under which the server logged the failure. */
  readonly correlationId: string | undefined;
  /** What the server said, with secrets struck out. */
  readonly serverMessage: string | undefined;
  /** How long the server asked to wait, in milliseconds (RFC 9110, 10.2.3). */
  readonly retryAfterMs: number | undefined;

  /** Makes an error from an answer. */
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
 * 401: the session is over, or never was. Only signing in again helps.
 *
 * @example A session that is over
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
  /** Name of the class. */
  override readonly name = "AuthenticationError" as const;

  /** Makes an error from an answer with status 401. */
  constructor(message: string, init: HttpErrorInit) {
    super(message, init, "authentication");
  }
}

/**
 * 403: whoever asks may not do this. Says so where an API key was the cause.
 *
 * @example An API key where only a session will do
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
  /** Name of the class. */
  override readonly name = "AuthorizationError" as const;

  /** Makes an error from an answer with status 403. */
  constructor(message: string, init: HttpErrorInit) {
    super(message, init, "authorization");
  }
}

/** Whether a status means that the same request may succeed later (RFC 9110, RFC 6585). */
function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}
