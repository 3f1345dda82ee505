/**
 * Failures of a mirror.
 *
 * @module
 */
import { ImmichError, type MirrorErrorCode } from "../errors/mod.ts";

/**
 * A mirror cannot be used as it is.
 *
 * @example A mirror that another run has taken
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
  /** Name of the class. */
  override readonly name = "MirrorError" as const;
  /** The kind of failure. */
  declare readonly code: MirrorErrorCode;
  /** After which time another run can have it, in milliseconds, unless its holder goes on. */
  readonly retryAfterMs: number | undefined;

  /** Makes an error; only what is busy is worth another try. */
  constructor(
    message: string,
    init: { code: MirrorErrorCode; retryAfterMs?: number; cause?: unknown },
  ) {
    super(message, { ...init, retryable: init.code === "mirror_busy" });
    this.retryAfterMs = init.retryAfterMs;
  }
}
