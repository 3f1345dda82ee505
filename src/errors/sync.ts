/**
 * Sync loop errors.
 *
 * @module
 */
import { ImmichError, type SyncErrorCode } from "./base.ts";

/**
 * A sync run gave up.
 *
 * @example Find out why the last attempt failed
 * ```ts
 * import { ConnectionError, SyncError } from "@immich-edge/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const cause = new ConnectionError("Cannot reach the server", { cause: undefined });
 * const error = new SyncError("Cannot sync", { code: "retries_exhausted", cause });
 * assertEquals(error.code, "retries_exhausted");
 * assertEquals(error.cause, cause);
 * ```
 */
export class SyncError extends ImmichError {
  /** The class name. */
  override readonly name = "SyncError" as const;
  /** What went wrong. */
  declare readonly code: SyncErrorCode;

  /** Creates an error; `cause` is the last attempt's error. */
  constructor(
    message: string,
    init: { code: SyncErrorCode; cause?: unknown },
  ) {
    super(message, init);
  }
}
