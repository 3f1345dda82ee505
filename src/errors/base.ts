/**
 * The base of all errors.
 *
 * @module
 */

/** `code` of an `OAuthError`. */
export type OAuthErrorCode =
  | "oauth_denied"
  | "oauth_state_mismatch"
  | "oauth_context"
  | "oauth_callback";

/** `code` of a `SyncError`. */
export type SyncErrorCode = "reset_loop" | "retries_exhausted";

/** `code` of a `MirrorError`. */
export type MirrorErrorCode = "mirror_busy" | "mirror_foreign" | "mirror_newer";

/** `code` of an {@linkcode ImmichError}: stable, made for `switch`. */
export type ImmichErrorCode =
  | "connection"
  | "idle_timeout"
  | "truncated"
  | "http"
  | "authentication"
  | "authorization"
  | "protocol"
  | OAuthErrorCode
  | SyncErrorCode
  | MirrorErrorCode;

const BRAND = Symbol.for("@immich-edge/sync.ImmichError");

/** What every {@linkcode ImmichError} is made of. */
export interface ImmichErrorInit {
  /** The kind of failure. */
  code: ImmichErrorCode;
  /**
   * Whether trying again can help.
   * @default {false}
   */
  retryable?: boolean;
  /** What caused it. */
  cause?: unknown;
}

/**
 * Base of all errors of this library; `code` tells them apart.
 *
 * @example Whether to try again
 * ```ts
 * import { currentUser, ImmichError } from "@immich-edge/sync";
 * import { assert, assertEquals, assertRejects } from "@std/assert";
 *
 * const session = { baseUrl: "https://immich.test", accessToken: "token" };
 * const fetch = () => Promise.reject(new TypeError("connection refused"));
 * const error = await assertRejects(() => currentUser(session, { fetch }), ImmichError);
 * assertEquals(error.code, "connection");
 * assert(error.retryable);
 * ```
 */
export class ImmichError extends Error {
  /** Name of the class. */
  override readonly name: string = "ImmichError";
  /** The kind of failure. */
  readonly code: ImmichErrorCode;
  /** Whether trying again can help. */
  readonly retryable: boolean;

  /** Makes an error with a message and a code. */
  constructor(message: string, init: ImmichErrorInit) {
    super(message, "cause" in init ? { cause: init.cause } : undefined);
    this.code = init.code;
    this.retryable = init.retryable ?? false;
    // On the instance, so that importing this module has no effect.
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/**
 * Whether a value is an {@linkcode ImmichError}, also one of another copy of
 * this package.
 *
 * @example Telling a lost connection from a bug
 * ```ts
 * import { ConnectionError, isImmichError } from "@immich-edge/sync";
 * import { assert } from "@std/assert";
 *
 * const error: unknown = new ConnectionError("Cannot reach the server", {
 *   cause: new TypeError("fetch failed"),
 * });
 * assert(isImmichError(error) && error.retryable);
 * assert(!isImmichError(new Error("a bug")));
 * ```
 */
export function isImmichError(value: unknown): value is ImmichError {
  return typeof value === "object" && value !== null && BRAND in value;
}
