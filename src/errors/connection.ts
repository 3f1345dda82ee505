/**
 * Connection errors.
 *
 * @module
 */
import { ImmichError } from "./base.ts";

/**
 * The connection failed or was lost. Retryable.
 *
 * @example An unreachable server
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
  /** The class name. */
  override readonly name = "ConnectionError" as const;

  /** Creates an error; `cause` is what `fetch` or the body threw. */
  constructor(message: string, init: { cause: unknown }) {
    super(message, { code: "connection", retryable: true, cause: init.cause });
  }
}

/**
 * The server sent nothing for too long. Retryable.
 *
 * @example A server that never responds
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
  /** The class name. */
  override readonly name = "TimeoutError" as const;
  /** How long the server was silent, in milliseconds. */
  readonly idleTimeoutMs: number;

  /** Creates an error from the elapsed time. */
  constructor(message: string, init: { idleTimeoutMs: number }) {
    super(message, { code: "idle_timeout", retryable: true });
    this.idleTimeoutMs = init.idleTimeoutMs;
  }
}

/**
 * The stream ended before the server marked it as complete. Retryable: a new
 * stream starts after the last acknowledged event.
 *
 * @example Every complete event is delivered before the error
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
  /** The class name. */
  override readonly name = "TruncatedStreamError" as const;
  /** Number of complete lines received. */
  readonly lines: number;
  /** Number of bytes received, after decompression. */
  readonly bytes: number;

  /** Creates an error from the number of lines and bytes received. */
  constructor(message: string, init: { lines: number; bytes: number }) {
    super(message, { code: "truncated", retryable: true });
    this.lines = init.lines;
    this.bytes = init.bytes;
  }
}
