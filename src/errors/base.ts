/**
 * The base class of all errors, and their codes.
 *
 * @module
 */

/** The `code` of an `OAuthError`. */
export type OAuthErrorCode =
  | "oauth_denied"
  | "oauth_state_mismatch"
  | "oauth_context"
  | "oauth_callback";

/** The `code` of a `SyncError`. */
export type SyncErrorCode = "reset_loop" | "retries_exhausted";

/** The `code` of a `StoreError`. */
export type StoreErrorCode = "store_failed" | "store_corrupt";

/** The `code` of a `MirrorError`. */
export type MirrorErrorCode =
  | "mirror_busy"
  | "mirror_foreign"
  | "mirror_newer"
  | "mirror_unsynced";

/** The `code` of an {@linkcode ImmichError}: stable, for use in a `switch`. */
export type ImmichErrorCode =
  | "connection"
  | "idle_timeout"
  | "truncated"
  | "http"
  | "authentication"
  | "authorization"
  | "protocol"
  | OAuthErrorCode
  | StoreErrorCode
  | SyncErrorCode
  | MirrorErrorCode;

const BRAND = Symbol.for("@immich-edge/sync.ImmichError");

/** The properties of a new {@linkcode ImmichError}. */
export interface ImmichErrorInit {
  /** What went wrong. */
  code: ImmichErrorCode;
  /**
   * Whether a retry can help.
   * @default {false}
   */
  retryable?: boolean;
  /** The underlying error. */
  cause?: unknown;
}

/**
 * Base class of all errors that are defined by this library. Their `code` tells
 * them apart.
 *
 * @example Check whether a retry can help
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
  /** The class name. */
  override readonly name: string = "ImmichError";
  /** What went wrong. */
  readonly code: ImmichErrorCode;
  /** Whether a retry can help. */
  readonly retryable: boolean;

  /** Creates an error with a message and a code. */
  constructor(message: string, init: ImmichErrorInit) {
    super(message, "cause" in init ? { cause: init.cause } : undefined);
    this.code = init.code;
    this.retryable = init.retryable ?? false;
    // Set on the instance, so that importing this module has no side effects.
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/**
 * Returns whether a value is an {@linkcode ImmichError}, even one from another
 * copy of this package.
 *
 * @example Tell a lost connection from a bug
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
