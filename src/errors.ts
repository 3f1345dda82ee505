/**
 * What can go wrong, and whether trying again can help.
 *
 * A caller's mistake is a `TypeError` or `RangeError` before any request; a
 * caller's abort is the signal's own `reason`; everything else is an
 * {@linkcode ImmichError}. No message, property or cause holds a secret or a
 * payload.
 *
 * @module
 */

/** `code` of an {@linkcode OAuthError}. */
export type OAuthErrorCode =
  | "oauth_denied"
  | "oauth_state_mismatch"
  | "oauth_context"
  | "oauth_callback";

/** `code` of a {@linkcode SyncError}. */
export type SyncErrorCode = "reset_loop" | "retries_exhausted";

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
  | SyncErrorCode;

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

/** Base of all errors of this library; `code` tells them apart. */
export class ImmichError extends Error {
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

/** The connection could not be made, or it broke. Worth another try. */
export class ConnectionError extends ImmichError {
  override readonly name = "ConnectionError" as const;

  /** Makes an error from what `fetch` or the body threw. */
  constructor(message: string, init: { cause: unknown }) {
    super(message, { code: "connection", retryable: true, cause: init.cause });
  }
}

/** The server stayed silent for too long. Worth another try. */
export class TimeoutError extends ImmichError {
  override readonly name = "TimeoutError" as const;
  /** How long it was silent, in milliseconds. */
  readonly idleTimeoutMs: number;

  /** Makes an error from the time that has passed. */
  constructor(message: string, init: { idleTimeoutMs: number }) {
    super(message, { code: "idle_timeout", retryable: true });
    this.idleTimeoutMs = init.idleTimeoutMs;
  }
}

/** The stream ended before the server said that it is complete. Worth another try. */
export class TruncatedStreamError extends ImmichError {
  override readonly name = "TruncatedStreamError" as const;
  /** Whole lines received. */
  readonly lines: number;
  /** Bytes received, after decompression. */
  readonly bytes: number;

  /** Makes an error from what had arrived. */
  constructor(message: string, init: { lines: number; bytes: number }) {
    super(message, { code: "truncated", retryable: true });
    this.lines = init.lines;
    this.bytes = init.bytes;
  }
}

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

/** The server answered with a status that is no success. */
export class HttpError extends ImmichError {
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

/** 401: the session is over, or never was. Only signing in again helps. */
export class AuthenticationError extends HttpError {
  override readonly name = "AuthenticationError" as const;

  /** Makes an error from an answer with status 401. */
  constructor(message: string, init: HttpErrorInit) {
    super(message, init, "authentication");
  }
}

/** 403: the session may not do this. */
export class AuthorizationError extends HttpError {
  override readonly name = "AuthorizationError" as const;

  /** Makes an error from an answer with status 403. */
  constructor(message: string, init: HttpErrorInit) {
    super(message, init, "authorization");
  }
}

/** The answer is not what an Immich server sends. */
export class ProtocolError extends ImmichError {
  override readonly name = "ProtocolError" as const;
  /** Number of the bad line of a stream, from 1. */
  readonly line: number | undefined;
  /** Offset in bytes of that line, after decompression. */
  readonly byteOffset: number | undefined;

  /** Makes an error, with its place where the answer was a stream. */
  constructor(
    message: string,
    init: { line?: number; byteOffset?: number } = {},
  ) {
    super(message, { code: "protocol" });
    this.line = init.line;
    this.byteOffset = init.byteOffset;
  }
}

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

/** Signing in through the OAuth provider failed; start again with `authorize`. */
export class OAuthError extends ImmichError {
  override readonly name = "OAuthError" as const;
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

/** A run of the sync loop gave up. */
export class SyncError extends ImmichError {
  override readonly name = "SyncError" as const;
  declare readonly code: SyncErrorCode;

  /** Makes an error; `cause` is what the last attempt failed with. */
  constructor(
    message: string,
    init: { code: SyncErrorCode; cause?: unknown },
  ) {
    super(message, init);
  }
}

/** Whether a status means that the same request may succeed later (RFC 9110, RFC 6585). */
function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}
