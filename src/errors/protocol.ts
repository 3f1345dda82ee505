/**
 * Protocol errors.
 *
 * @module
 */
import { ImmichError } from "./base.ts";

/**
 * The response is not what an Immich server sends.
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
  /** The class name. */
  override readonly name = "ProtocolError" as const;
  /** Number of the bad line in a stream, counted from 1. */
  readonly line: number | undefined;
  /** Byte offset of the bad line, after decompression. */
  readonly byteOffset: number | undefined;

  /**
   * Creates an error, with the position of the bad line if the response is a
   * stream.
   */
  constructor(
    message: string,
    init: { line?: number; byteOffset?: number } = {},
  ) {
    super(message, { code: "protocol" });
    this.line = init.line;
    this.byteOffset = init.byteOffset;
  }
}
