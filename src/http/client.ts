/**
 * Sends requests; the only module that calls `fetch`.
 *
 * @module
 */
import { isPrivateHost } from "./base_url.ts";
import { checkChoice, checkOptions } from "./check_options.ts";
import { ConnectionError } from "../errors/mod.ts";
import { isObject } from "./json.ts";
import { type TraceEvent, traceOf } from "./trace.ts";

/**
 * The part of `fetch` that this library uses: a call with a URL string and a
 * plain object.
 */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A request, before credentials and custom headers are added. */
export interface ClientRequest {
  /** The HTTP method. */
  method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** The absolute URL. */
  url: string;
  /** Headers for this request, excluding credentials. Names are in lower case. */
  headers: Record<string, string>;
  /** A JSON string, or the body that was passed to `request`. */
  body?: NonNullable<RequestInit["body"]> | undefined;
  /** The credential to send. */
  accessToken?: string | undefined;
  /** Aborts the request. */
  signal: AbortSignal;
}

/**
 * Sends requests to a server. Any object with a `request` function is a client:
 * pass your own in the `client` option, for example in a test.
 */
export interface Client {
  /**
   * Strings to redact from errors, such as an API key that the client sends.
   * @default {none}
   */
  secrets?: readonly string[];
  /**
   * Called with events for logs and traces; see {@linkcode ClientOptions.onTrace}.
   * @default {none}
   */
  onTrace?: (event: TraceEvent) => void;
  /** Sends a request, and returns the response regardless of its status. */
  request(request: ClientRequest): Promise<Response>;
}

/** Names of the options for {@linkcode createClient}. */
export const CLIENT_OPTIONS: readonly (keyof ClientOptions)[] = [
  "fetch",
  "headers",
  "tokenHeader",
  "allowInsecureHttp",
  "onTrace",
];

/** Options for {@linkcode createClient}. */
export interface ClientOptions {
  /**
   * Replaces the global `fetch`.
   * @default {globalThis.fetch}
   */
  fetch?: Fetch;
  /**
   * Headers for every request, for example the headers required by Cloudflare
   * Access. Must not contain credentials for Immich.
   * @default {none}
   */
  headers?: NonNullable<RequestInit["headers"]>;
  /**
   * The header for the access token: `authorization` with a Bearer token (RFC
   * 6750), or Immich's own header, for use behind a proxy that removes
   * `Authorization`.
   * @default {"authorization"}
   */
  tokenHeader?: "authorization" | "x-immich-user-token";
  /**
   * Whether to allow plain `http:` to hosts outside this machine and the local
   * network. Anyone on the network path can then read the access token.
   * @default {false}
   */
  allowInsecureHttp?: boolean;
  /**
   * Called for each request, response, batch, ack, reset, interruption, retry
   * and wait, for logs and traces. Events contain no secrets and no payloads.
   * The callback's errors and result are ignored: a promise is not awaited.
   * @default {none}
   */
  onTrace?: (event: TraceEvent) => void;
}

const CREDENTIAL_HEADERS = [
  "authorization",
  "cookie",
  "x-api-key",
  "x-immich-session-token",
  "x-immich-share-key",
  "x-immich-share-slug",
  "x-immich-user-token",
];

/**
 * Creates a client that several calls can share.
 *
 * @throws {TypeError} If the headers contain credentials or are not valid.
 * @throws {RangeError} If `tokenHeader` has an unknown value.
 *
 * @example Use a server behind Cloudflare Access
 * ```ts
 * import { createClient, serverVersion } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * const client = createClient({
 *   fetch: server.fetch,
 *   headers: { "cf-access-client-id": "id", "cf-access-client-secret": "secret" },
 * });
 * const { major } = await serverVersion({ baseUrl: server.baseUrl }, { client });
 * assertEquals(major, 3);
 * ```
 */
export function createClient(options: ClientOptions = {}): Client {
  checkOptions("create client", "options", options, CLIENT_OPTIONS);
  return toClient(options);
}

/** Creates a client without checking for unknown options. */
export function toClient(options: ClientOptions): Client {
  const { tokenHeader = "authorization", allowInsecureHttp = false } = options;
  checkChoice("create client", "tokenHeader", tokenHeader, [
    "authorization",
    "x-immich-user-token",
  ]);
  const customHeaders = checkHeaders(options.headers, "create client");
  traceOf(options); // Throws if it is not a function.
  // Without this option, Next.js 14.2 caches responses, even to a POST with a
  // token.
  const cache = canSkipCaches() ? { cache: "no-store" } as const : {};

  async function request(request: ClientRequest): Promise<Response> {
    const { method, url, body, accessToken, signal } = request;
    const { protocol, hostname, origin } = new URL(url);
    if (
      protocol === "http:" && !allowInsecureHttp && !isPrivateHost(hostname)
    ) {
      throw new TypeError(
        `Cannot use base URL "${origin}": plain http would expose the access token; use https or the allowInsecureHttp option`,
      );
    }
    const headers = { ...customHeaders, ...request.headers };
    if (accessToken !== undefined) {
      headers[tokenHeader] = tokenHeader === "authorization"
        ? `Bearer ${accessToken}`
        : accessToken;
    }
    // Called without `this`: workerd rejects calls to `fetch` as a method
    // (2026-11).
    const fetch = options.fetch ?? globalThis.fetch;
    const init: RequestInit & { duplex?: "half" } = {
      method,
      headers,
      // Following a redirect could send the token to another server.
      redirect: "manual",
      signal,
      ...cache,
    };
    if (body !== undefined) init.body = body;
    // Required for streams by Node and Chromium (2026-11).
    if (isStream(body)) init.duplex = "half";
    try {
      return await fetch(url, init);
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      throw new ConnectionError(
        `Cannot reach "${origin}": the request failed before a response arrived`,
        { cause },
      );
    }
  }
  // Not enumerable, so that logging the client does not reveal the headers.
  const { onTrace } = options;
  const client = { request, ...(onTrace && { onTrace }) };
  return Object.defineProperty(client, "secrets", {
    value: Object.values(customHeaders).filter(({ length }) => length > 7),
  });
}

/**
 * Returns whether requests can bypass caches. With a compatibility date before
 * 2024-11-11, workerd throws an error for this option (2026-11).
 */
function canSkipCaches(): boolean {
  try {
    new Request("https://immich.test", { cache: "no-store" });
    return true;
  } catch {
    return false;
  }
}

/**
 * Checks a caller's headers, and returns them with names in lower case.
 *
 * @param action The action to name in error messages, such as "create client".
 * @throws {TypeError} If the headers contain credentials or are not valid. The message
 * names the header, never its value.
 */
export function checkHeaders(
  init: RequestInit["headers"],
  action: string,
): Record<string, string> {
  let headers: Headers;
  try {
    headers = new Headers(init ?? {});
  } catch {
    throw new TypeError(
      `Cannot ${action}: headers contain a name or value that HTTP does not allow`,
    );
  }
  for (const name of CREDENTIAL_HEADERS) {
    if (!headers.has(name)) continue;
    throw new TypeError(
      name === "x-api-key"
        ? `Cannot ${action}: headers contain an API key, but Immich rejects API keys on sync endpoints; sign in with login or authorize`
        : `Cannot ${action}: headers must not contain "${name}"; the session provides the credentials`,
    );
  }
  return Object.fromEntries(headers);
}

/** Returns whether a body is a stream. */
export function isStream(body: unknown): body is ReadableStream<Uint8Array> {
  return isObject(body) && "getReader" in body;
}
