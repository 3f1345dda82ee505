/**
 * Calls any endpoint of a server.
 *
 * @module
 */
import {
  BodyReader,
  type CallOptions,
  checkCallOptions,
  checkHeaders,
  checkSession,
  type ClientRequest,
  openResponse,
  type Session,
  toSingleLine,
} from "../http/mod.ts";
import { toApiPath } from "./api_path.ts";
import { toPayload } from "./payload.ts";
import { quotableStrings } from "./quotable.ts";
import { toWatched } from "./watched_response.ts";

/** Names of the request options, excluding the options shared by all calls. */
const OWN_OPTIONS: readonly Exclude<
  keyof RequestOptions,
  keyof CallOptions
>[] = ["accept", "body", "method"];

/** Options for {@linkcode request}. */
export interface RequestOptions extends CallOptions {
  /**
   * The HTTP method, in capital letters.
   * @default {"GET"}
   */
  method?: ClientRequest["method"];
  /**
   * Headers for this request; also allowed together with the `client` option.
   * Must not contain credentials.
   * @default {none}
   */
  headers?: NonNullable<RequestInit["headers"]>;
  /**
   * A plain object or an array is sent as JSON. A string, `FormData`, `Blob`,
   * `URLSearchParams`, `ArrayBuffer` or typed array is sent as `fetch` sends it. A
   * `ReadableStream` of bytes is sent once, as it is read; browsers support this
   * only over HTTP/2.
   * @default {none}
   */
  body?: string | object;
  /**
   * The `accept` header. Unless this header contains `text/html`, an HTML response
   * is an error.
   * @default {"application/json"}
   */
  accept?: string;
}

/**
 * Calls any endpoint of the server with the session's credentials, and with the
 * same headers, timeouts and errors as every other call in this library.
 *
 * Read or cancel the response's body; either ends the request. Reading can fail
 * with the errors below. The idle timeout limits each wait for the response,
 * for a chunk of its body, or for the server to accept a chunk of a streamed
 * upload. Runtimes report no progress for other uploads, so raise
 * `idleTimeoutMs` for large ones. Requests are not retried.
 *
 * @param path The path relative to `/api`, with a leading slash. Encode variable parts
 * with `encodeURIComponent`.
 *
 * @throws {TypeError} If the session, the path or an option is not valid: for
 * example, a path that leads outside the API, a header with credentials, or a
 * `GET` with a body.
 * @throws {AuthenticationError} If the session has ended.
 * @throws {HttpError} If the server responds with a status other than 2xx, such as
 * a redirect.
 * @throws {ProtocolError} If the response is HTML, unless `accept` allows it.
 * @throws {ConnectionError} If the connection fails, now or in the body.
 * @throws {TimeoutError} If the idle timeout expires, now or in the body.
 * @throws The uploaded stream's error, if that stream fails.
 *
 * @example Create a session, and list all sessions
 * ```ts
 * import { login, request } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const { baseUrl, fetch } = new FakeImmich();
 * const session = await login("demo@immich.test", "demo", { baseUrl, fetch });
 *
 * const created = await request(session, "/sessions", {
 *   method: "POST",
 *   body: { deviceType: "backup" },
 *   fetch,
 * });
 * assertEquals((await created.json()).deviceType, "backup");
 *
 * const sessions = await request(session, "/sessions", { fetch });
 * assertEquals((await sessions.json()).length, 2);
 * ```
 */
export async function request(
  session: Session,
  path: string,
  init: RequestOptions = {},
): Promise<Response> {
  checkCallOptions("make the request", init, OWN_OPTIONS);
  const { method = "GET", headers, body, accept, ...options } = init;
  const credentials = checkSession(session);
  const apiPath = toApiPath(session, path);
  checkMethod(method, body);
  const custom = checkHeaders(headers, "make the request");
  const accepted = accept ?? custom.accept ?? "application/json";
  const { toRawBody, type, values } = toPayload(body);
  const [pathname = "", query = ""] = path.split(/\?(.*)/s);
  const { response, watchdog } = await openResponse({
    ...credentials,
    // Excludes the query, which may contain a key.
    action: `${method} ${toSingleLine(pathname, 200)}`,
    method,
    path: apiPath,
    headers: {
      ...(type === undefined ? {} : { "content-type": type }),
      ...custom,
      accept: accepted,
    },
    allowsHtml: /html/i.test(accepted),
    secrets: quotableStrings(values, custom, query),
    toRawBody,
  }, options);
  const reader = new BodyReader(response.body, watchdog);
  const hasBody = response.body !== null && method !== "HEAD" &&
    response.status !== 204 && response.status !== 205;
  if (!hasBody) await reader.close();
  return toWatched(response, hasBody ? reader : undefined);
}

/** The compiler checks that this lists every method and nothing else. */
const METHODS: Record<ClientRequest["method"], true> = {
  GET: true,
  HEAD: true,
  POST: true,
  PUT: true,
  PATCH: true,
  DELETE: true,
};

function checkMethod(method: ClientRequest["method"], body: unknown): void {
  if (!Object.hasOwn(METHODS, method)) {
    throw new TypeError(
      `Cannot make the request: method must be one of ${
        Object.keys(METHODS).join(", ")
      }`,
    );
  }
  if (body !== undefined && (method === "GET" || method === "HEAD")) {
    throw new TypeError(
      `Cannot make the request: ${method} must not have a body`,
    );
  }
}
