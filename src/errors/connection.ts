/**
 * Failures on the way to a server and back.
 *
 * @module
 */
import { ImmichError } from "./base.ts";

/**
 * The connection could not be made, or it broke. Worth another try.
 *
 * @example A server that is not there
 * ```ts
 * import { ConnectionError, serverVersion } from "@immich-edge/sync";
 * import { assertRejects } from "@std/assert";
 *
 * const baseUrl = "https://immich.test";
 * const fetch = () => Promise.reject(new TypeError("connection refused"));
 * await assertRejects(() => serverVersion({ baseUrl }, { fetch }), ConnectionError);
 * ```
 */
export class ConnectionError extends ImmichError {
  /** Name of the class. */
  override readonly name = "ConnectionError" as const;

  /** Makes an error from what `fetch` or the body threw. */
  constructor(message: string, init: { cause: unknown }) {
    super(message, { code: "connection", retryable: true, cause: init.cause });
  }
}

/**
 * The server stayed silent for too long. Worth another try.
 *
 * @example A server that never answers
 * ```ts
 * import { serverVersion, TimeoutError } from "@immich-edge/sync";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const baseUrl = "https://immich.test";
 * const fetch = () => new Promise<Response>(() => {});
 * const error = await assertRejects(
 *   () => serverVersion({ baseUrl }, { fetch, idleTimeoutMs: 20 }),
 *   TimeoutError,
 * );
 * assertEquals(error.idleTimeoutMs, 20);
 * ```
 */
export class TimeoutError extends ImmichError {
  /** Name of the class. */
  override readonly name = "TimeoutError" as const;
  /** How long it was silent, in milliseconds. */
  readonly idleTimeoutMs: number;

  /** Makes an error from the time that has passed. */
  constructor(message: string, init: { idleTimeoutMs: number }) {
    super(message, { code: "idle_timeout", retryable: true });
    this.idleTimeoutMs = init.idleTimeoutMs;
  }
}

/**
 * The stream ended before the server said that it is complete. Worth another
 * try, from what is acknowledged.
 *
 * @example Every whole event comes before the error
 * ```ts
 * import { syncStream, TruncatedStreamError } from "@immich-edge/sync";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const session = { baseUrl: "https://immich.test", accessToken: "token" };
 * const body = '{"type":"UserDeleteV1","data":{"userId":"1"},"ack":"UserDeleteV1|1"}\n{"ty';
 * const fetch = () => Promise.resolve(new Response(body));
 * const reader = (await syncStream(session, ["UsersV1"], { fetch })).getReader();
 *
 * assertEquals((await reader.read()).value?.type, "UserDeleteV1");
 * const error = await assertRejects(() => reader.read(), TruncatedStreamError);
 * assertEquals(error.lines, 1);
 * ```
 */
export class TruncatedStreamError extends ImmichError {
  /** Name of the class. */
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
