/**
 * Errors of session stores.
 *
 * @module
 */
import { ImmichError, type StoreErrorCode } from "./base.ts";

/**
 * A session store failed (`store_failed`), or holds something other than a session
 * (`store_corrupt`). The message contains the store's own message, with secrets
 * removed.
 *
 * @example A store that cannot be read
 * ```ts
 * import { keepSession, StoreError } from "@immich-edge/sync";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const store = {
 *   get: () => Promise.reject(new Error("disk failure")),
 *   set() {},
 *   delete() {},
 * };
 * const signIn = () => Promise.reject(new Error("never called"));
 * const error = await assertRejects(() => keepSession(store, signIn).get(), StoreError);
 * assertEquals(error.code, "store_failed");
 * assertEquals(error.message, 'Cannot load the session: the store failed with "disk failure"');
 * ```
 */
export class StoreError extends ImmichError {
  /** The class name. */
  override readonly name = "StoreError" as const;
  /** What went wrong. */
  declare readonly code: StoreErrorCode;

  /** Creates an error. Has no cause, because a store's error may quote the session. */
  constructor(message: string, init: { code: StoreErrorCode }) {
    super(message, init);
  }
}
