/**
 * Mirror errors.
 *
 * @module
 */
import { ImmichError, type MirrorErrorCode } from "../errors/mod.ts";

/**
 * Thrown if a mirror cannot be opened or used, for example because another run
 * holds the lease.
 *
 * @example Read the details of an error
 * ```ts
 * import { MirrorError } from "@immich-edge/sync/mirror";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const error = new MirrorError("Cannot use the mirror", {
 *   code: "mirror_busy",
 *   retryAfterMs: 1000,
 * });
 * assertEquals(error.code, "mirror_busy");
 * assert(error.retryable);
 * ```
 */
export class MirrorError extends ImmichError {
  /** The name of the class. */
  override readonly name = "MirrorError" as const;
  /** The kind of failure. */
  declare readonly code: MirrorErrorCode;
  /**
   * The time until the other run's lease expires, in milliseconds, unless that
   * run renews the lease.
   */
  readonly retryAfterMs: number | undefined;

  /** Creates an error; only `mirror_busy` is retryable. */
  constructor(
    message: string,
    init: { code: MirrorErrorCode; retryAfterMs?: number; cause?: unknown },
  ) {
    super(message, { ...init, retryable: init.code === "mirror_busy" });
    this.retryAfterMs = init.retryAfterMs;
  }
}
