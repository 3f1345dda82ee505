/**
 * Any endpoint of a server.
 *
 * @module
 */
import {
  BodyReader,
  type CallOptions,
  checkCallOptions,
  checkHeaders,
  checkSession,
  oneLine,
  openResponse,
  type Session,
  toStream,
} from "../http/mod.ts";
import { toApiPath } from "./api_path.ts";
import { textsIn, toPayload } from "./payload.ts";

/** Names of the options besides those of a call. */
const OWN_OPTIONS: readonly Exclude<
  keyof RequestOptions,
  keyof CallOptions
>[] = ["accept", "body", "method"];

/** Options of {@linkcode request}. */
export interface RequestOptions extends CallOptions {
  /**
   * Method, in capital letters.
   * @default {"GET"}
   */
  method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /**
   * Headers of this request, also where a `client` carries it. May not hold
   * credentials.
   * @default {{}}
   */
  headers?: NonNullable<RequestInit["headers"]>;
  /**
   * A plain object or an array is sent as JSON. A string, `FormData`, `Blob`,
   * `URLSearchParams`, `ArrayBuffer` or typed array is sent as `fetch` would. A
   * `ReadableStream` of bytes is sent as it is read, once; browsers do that over
   * HTTP/2 only.
   * @default {none}
   */
  body?: string | object;
  /**
   * What to ask for, as the header `accept`. A page is an error unless this
   * names `text/html`.
   * @default {"application/json"}
   */
  accept?: string;
}

/**
 * Calls any endpoint of the server with the session's credentials, and with the
 * headers, timeouts and errors of every other call of this library.
 *
 * Read the answer's body, or cancel it: either ends the request. Reading fails
 * with the errors below, too. The idle timeout counts while the server is waited
 * for: until it answers, between the chunks of its body, and between those of a
 * body that is sent as a stream. For other bodies the runtime reports no
 * progress, so raise `idleTimeoutMs` for a large upload. Nothing is retried.
 *
 * The path is below `/api`. Encode what is put into it (`encodeURIComponent`);
 * a path that would lead to another place is refused.
 *
 * @throws {TypeError} If the session, the path or an option cannot be used, such
 * as a header that holds credentials or a `GET` with a body.
 * @throws {AuthenticationError} If the session is over.
 * @throws {HttpError} If the server answers with another status than 2xx, a
 * redirect among them.
 * @throws {ProtocolError} If it answers with a page that was not asked for.
 * @throws {ConnectionError} If the connection fails, now or in the body.
 * @throws {TimeoutError} If the server stays silent, now or in the body.
 * @throws What a streamed body fails with.
 *
 * @example The sessions of the user
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
  checkSession(session);
  const apiPath = toApiPath(session, path);
  checkMethod(method, body);
  const custom = checkHeaders(headers, "make the request");
  const accepted = accept ?? custom.accept ?? "application/json";
  const { toRawBody, type, json } = toPayload(body);
  const [pathname = "", query = ""] = path.split(/\?(.*)/s);
  const { response, watchdog } = await openResponse({
    session,
    // Without the query, which may hold a key.
    action: `${method} ${oneLine(pathname, 200)}`,
    method,
    path: apiPath,
    headers: {
      ...(type === undefined ? {} : { "content-type": type }),
      ...custom,
      accept: accepted,
    },
    allowsHtml: /html/i.test(accepted),
    // The values of the query both as they are and as they are sent.
    secrets: textsIn([
      json,
      [...new URLSearchParams(query).values()],
      query.split(/[&=]/),
    ]),
    ...(toRawBody === undefined ? {} : { toRawBody }),
  }, options);
  const reader = new BodyReader(response.body, watchdog);
  const hasBody = response.body !== null && method !== "HEAD" &&
    response.status !== 204 && response.status !== 205;
  if (!hasBody) await reader.leave();
  return toWatched(response, hasBody ? reader : undefined);
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

function checkMethod(method: string, body: unknown): void {
  if (!METHODS.includes(method)) {
    throw new TypeError(
      `Cannot make the request: method must be one of ${METHODS.join(", ")}`,
    );
  }
  if (body !== undefined && (method === "GET" || method === "HEAD")) {
    throw new TypeError(
      `Cannot make the request: ${method} must not have a body`,
    );
  }
}

/** The same answer, with its body read under the watchdog. */
function toWatched(
  { headers, status, statusText, url }: Response,
  reader: BodyReader | undefined,
): Response {
  const watched = new Response(
    reader === undefined ? null : toStream(reader, chunksOf(reader)),
    { status, statusText, headers },
  );
  if (headers.has("content-encoding")) {
    // The body is not compressed any more.
    watched.headers.delete("content-encoding");
    watched.headers.delete("content-length");
  }
  // No constructor takes a URL.
  Object.defineProperty(watched, "url", { value: url });
  for (const name of READERS) keepFailure(watched, name, reader);
  return watched;
}

/** The methods that read a body as a whole; Node 20 does not have all of them. */
const READERS = [
  "arrayBuffer",
  "blob",
  "bytes",
  "formData",
  "json",
  "text",
] as const;

/** Chromium makes a `TypeError` of what a body fails with (seen 2026-11). */
function keepFailure(
  response: Response,
  name: typeof READERS[number],
  reader: BodyReader | undefined,
): void {
  const read = response[name];
  if (read === undefined) return;
  const value = async () => {
    try {
      return await read.call(response);
    } catch (error) {
      throw reader?.failure ?? error;
    }
  };
  Object.defineProperty(response, name, { value });
}

async function* chunksOf(
  reader: BodyReader,
): AsyncGenerator<Uint8Array[], void> {
  for (let chunk; (chunk = await reader.read()) !== undefined;) yield [chunk];
}
