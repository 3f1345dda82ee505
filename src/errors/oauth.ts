/**
 * OAuth errors.
 *
 * @module
 */
import { ImmichError, type OAuthErrorCode } from "./base.ts";

/** The properties of a new {@linkcode OAuthError}. */
export interface OAuthErrorInit {
  /** What went wrong. */
  code: OAuthErrorCode;
  /** The callback's `error` (RFC 6749, 4.1.2.1). */
  error?: string | undefined;
  /** The callback's `error_description` (RFC 6749, 4.1.2.1). */
  error_description?: string | undefined;
  /** The id of the failure in the server's log. */
  correlationId?: string | undefined;
  /** The underlying error. */
  cause?: unknown;
}

/**
 * Signing in with OAuth failed. Start again with `authorize`.
 *
 * @example A callback from another sign-in
 * ```ts
 * import { authorize, callback, OAuthError } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const { baseUrl, fetch } = new FakeImmich();
 * const { context } = await authorize("https://app.example/callback", { baseUrl, fetch });
 * const error = await assertRejects(
 *   () => callback("https://app.example/callback?code=1&state=other", context, { fetch }),
 *   OAuthError,
 * );
 * assertEquals(error.code, "oauth_state_mismatch");
 * ```
 */
export class OAuthError extends ImmichError {
  /** The class name. */
  override readonly name = "OAuthError" as const;
  /** What went wrong. */
  declare readonly code: OAuthErrorCode;
  /** The callback's `error`, such as `access_denied` (RFC 6749, 4.1.2.1). */
  readonly error: string | undefined;
  /** The callback's `error_description` (RFC 6749, 4.1.2.1). */
  readonly error_description: string | undefined;
  /** The id of the failure in the server's log. */
  readonly correlationId: string | undefined;

  /** Creates an error from a callback. */
  constructor(message: string, init: OAuthErrorInit) {
    super(message, init);
    this.error = init.error;
    this.error_description = init.error_description;
    this.correlationId = init.correlationId;
  }
}
