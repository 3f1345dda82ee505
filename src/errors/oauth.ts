/**
 * Failures of a sign-in through OAuth.
 *
 * @module
 */
import { ImmichError, type OAuthErrorCode } from "./base.ts";

/** What an {@linkcode OAuthError} knows. */
export interface OAuthErrorInit {
  /** The kind of failure. */
  code: OAuthErrorCode;
  /** `error` of the callback (RFC 6749, 4.1.2.1). */
  error?: string | undefined;
  /** `error_description` of the callback (RFC 6749, 4.1.2.1). */
  error_description?: string | undefined;
  /** Id under which the server logged the failure. */
  correlationId?: string | undefined;
  /** What caused it. */
  cause?: unknown;
}

/**
 * Signing in through the OAuth provider failed; start again with `authorize`.
 *
 * @example A callback that belongs to another sign-in
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
  /** Name of the class. */
  override readonly name = "OAuthError" as const;
  /** The kind of failure. */
  declare readonly code: OAuthErrorCode;
  /** `error` of the callback, such as `access_denied` (RFC 6749, 4.1.2.1). */
  readonly error: string | undefined;
  /** `error_description` of the callback (RFC 6749, 4.1.2.1). */
  readonly error_description: string | undefined;
  /** Id under which the server logged the failure. */
  readonly correlationId: string | undefined;

  /** Makes an error from a callback. */
  constructor(message: string, init: OAuthErrorInit) {
    super(message, init);
    this.error = init.error;
    this.error_description = init.error_description;
    this.correlationId = init.correlationId;
  }
}
