/**
 * Failures of understanding.
 *
 * @module
 */
import { ImmichError } from "./base.ts";

/**
 * The answer is not what an Immich server sends.
 *
 * @example The login page of a proxy
 * ```ts
 * import { currentUser, ProtocolError } from "@immich-edge/sync";
 * import { assertRejects } from "@std/assert";
 *
 * const session = { baseUrl: "https://immich.test", accessToken: "token" };
 * const headers = { "content-type": "text/html" };
 * const fetch = () => Promise.resolve(new Response("<!doctype html>", { headers }));
 * await assertRejects(() => currentUser(session, { fetch }), ProtocolError, "login page");
 * ```
 */
export class ProtocolError extends ImmichError {
  /** Name of the class. */
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
