/**
 * Failures of the sync loop.
 *
 * @module
 */
import { ImmichError, type SyncErrorCode } from "./base.ts";

/**
 * A run of the sync loop gave up.
 *
 * @example What the last attempt failed with
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
  /** Name of the class. */
  override readonly name = "SyncError" as const;
  /** The kind of failure. */
  declare readonly code: SyncErrorCode;

  /** Makes an error; `cause` is what the last attempt failed with. */
  constructor(
    message: string,
    init: { code: SyncErrorCode; cause?: unknown },
  ) {
    super(message, init);
  }
}
