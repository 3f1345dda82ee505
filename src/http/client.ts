/**
 * The transport: the only caller of `fetch`.
 *
 * @module
 */
import { isPrivateHost } from "./base_url.ts";
import { checkNames } from "./check_names.ts";
import { ConnectionError } from "../errors/mod.ts";
import { isObject } from "./json.ts";

/** The part of `fetch` that this library uses: a URL as string, and a plain object. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A request, before credentials and custom headers. */
export interface ClientRequest {
  /** Method. */
  method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute URL. */
  url: string;
  /** Headers of this request, names in lower case, without credentials. */
  headers: Record<string, string>;
  /** JSON as text, or the body that was passed to `request`. */
  body?: NonNullable<RequestInit["body"]>;
  /** The credential to send along. */
  accessToken?: string;
  /** Aborted when the request must end. */
  signal: AbortSignal;
}

/**
 * Carries requests to a server and answers back. Whoever has one `request`
 * function is a client: pass your own in the option `client`, for example in a
 * test.
 */
export interface Client {
  /** Sends a request, and resolves to the answer whatever its status. */
  request(request: ClientRequest): Promise<Response>;
}

/** Names of the options of {@linkcode createClient}. */
export const CLIENT_OPTIONS: readonly (keyof ClientOptions)[] = [
  "fetch",
  "headers",
  "tokenHeader",
  "allowInsecureHttp",
];

/** Options of {@linkcode createClient}. */
export interface ClientOptions {
  /**
   * Used in place of the global `fetch`.
   * @default {globalThis.fetch}
   */
  fetch?: Fetch;
  /**
   * Sent with every request, for example what Cloudflare Access wants. May not
   * hold credentials for Immich.
   * @default {{}}
   */
  headers?: NonNullable<RequestInit["headers"]>;
  /**
   * The header that carries the access token: `authorization` as a Bearer
   * token (RFC 6750), or Immich's own for proxies that eat `Authorization`.
   * @default {"authorization"}
   */
  tokenHeader?: "authorization" | "x-immich-user-token";
  /**
   * Whether to talk plain `http:` to hosts that are not on this machine or a
   * local network. Whoever is in between can read the access token.
   * @default {false}
   */
  allowInsecureHttp?: boolean;
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
 * Makes the client that every call uses if none is passed in.
 *
 * @throws {TypeError} If the headers hold credentials or cannot be sent.
 *
 * @example A server behind Cloudflare Access
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
  checkNames("create client", "options", options, CLIENT_OPTIONS);
  return toClient(options);
}

/** Makes a client of options among others. */
export function toClient(options: ClientOptions): Client {
  const { tokenHeader = "authorization", allowInsecureHttp = false } = options;
  if (
    tokenHeader !== "authorization" && tokenHeader !== "x-immich-user-token"
  ) {
    throw new TypeError(
      `Cannot create client: tokenHeader is "${tokenHeader}", it must be "authorization" or "x-immich-user-token"`,
    );
  }
  const customHeaders = checkHeaders(options.headers, "create client");

  async function request(request: ClientRequest): Promise<Response> {
    const { method, url, body, accessToken, signal } = request;
    const { origin } = new URL(url);
    if (!allowInsecureHttp) checkTransport(url);
    const headers = { ...customHeaders, ...request.headers };
    if (accessToken !== undefined) {
      headers[tokenHeader] = tokenHeader === "authorization"
        ? `Bearer ${accessToken}`
        : accessToken;
    }
    // Not called as a method: workerd refuses that (seen 2026-11).
    const fetch = options.fetch ?? globalThis.fetch;
    try {
      // A redirect is an error: following it could take the token elsewhere.
      const init: RequestInit = { method, headers, redirect: "manual", signal };
      return await fetch(
        url,
        body === undefined ? init : {
          ...init,
          body,
          // Node and Chromium send no stream without it (seen 2026-11).
          ...(isStream(body) ? { duplex: "half" } : {}),
        },
      );
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      throw new ConnectionError(
        `Cannot reach "${origin}": the request failed before an answer came`,
        { cause },
      );
    }
  }
  return { request };
}

/** Plain `http:` would show the access token to whoever is in between. */
function checkTransport(url: string): void {
  const { protocol, hostname, origin } = new URL(url);
  if (protocol === "http:" && !isPrivateHost(hostname)) {
    throw new TypeError(
      `Cannot use base URL "${origin}": plain http would show the access token to the network, use https or the option allowInsecureHttp`,
    );
  }
}

/**
 * Checks headers that a caller passed, and gives them with names in lower case.
 *
 * @param action What the headers are for, for messages: "create client".
 * @throws {TypeError} If they hold credentials or cannot be sent; the message
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
      `Cannot ${action}: headers hold a name or a value that HTTP does not allow`,
    );
  }
  for (const name of CREDENTIAL_HEADERS) {
    if (!headers.has(name)) continue;
    throw new TypeError(
      name === "x-api-key"
        ? `Cannot ${action}: headers hold an API key, but Immich refuses API keys on every sync endpoint, sign in with login or authorize instead`
        : `Cannot ${action}: headers may not hold "${name}", the session carries the credentials`,
    );
  }
  return Object.fromEntries(headers);
}

/** Whether a body is sent as it is read. */
export function isStream(body: unknown): body is ReadableStream<Uint8Array> {
  return isObject(body) && "getReader" in body;
}
