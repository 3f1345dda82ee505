/**
 * Normalizes and checks the address of a server.
 *
 * @module
 */

import { typeOf } from "./json.ts";

/**
 * Normalizes an address for a session: removes trailing slashes and a trailing
 * `/api`, and keeps any other path.
 *
 * @throws {TypeError} If the address does not start with `http:` or `https:`, or
 * contains credentials, a query or a fragment.
 */
export function normalizeBaseUrl(baseUrl: string | URL): string {
  const url = parseBaseUrl(baseUrl);
  return url.origin +
    trimSlashes(trimSlashes(url.pathname).replace(/\/api$/, ""));
}

/**
 * Removes trailing slashes without a regular expression, which would be slow if
 * there were many slashes.
 */
function trimSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === "/") end--;
  return path.slice(0, end);
}

function parseBaseUrl(baseUrl: string | URL): URL {
  if (typeof baseUrl !== "string" && !(baseUrl instanceof URL)) {
    throw new TypeError(
      `Cannot use base URL: it must be a string such as "https://photos.example.com", received ${
        typeOf(baseUrl)
      }`,
    );
  }
  const text = String(baseUrl).trim();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Checked first, because the address may contain a password and later messages
  // quote the address.
  if (/[@?#]/.test(text)) {
    throw new TypeError(
      "Cannot use base URL: it must have no user name, password, query or fragment",
    );
  }
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(
      `Cannot use base URL "${text}": it must start with "https://" or "http://"`,
    );
  }
  return url;
}

/** Private IPv4 addresses, in the form that `URL` produces. */
const PRIVATE_IPV4 =
  /^(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.[\d.]+$/;

/**
 * Private IPv6 addresses, including addresses that contain a private IPv4 address.
 */
const PRIVATE_IPV6 =
  /^\[(::1|f[cd]\w\w:.*|fe[89ab]\w:.*|::ffff:(7f\w\w|a\w\w|c0a8|a9fe|ac1\w):\w+)\]$/;

/** Names without a dot, and names that are reserved for local networks. */
const PRIVATE_NAME = /^[^.:]+$|\.(local|lan|internal|home\.arpa|localhost)$/;

/**
 * Returns whether a host is this machine or on a local network: loopback, private
 * and link-local addresses (RFC 1918, 3927, 4193, 4291), names without a dot, and
 * names that end in `.local`, `.lan`, `.internal`, `.home.arpa` or `.localhost`.
 *
 * @param hostname The `hostname` of a `URL`, which normalizes addresses.
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/\.$/, "");
  return [PRIVATE_IPV4, PRIVATE_IPV6, PRIVATE_NAME]
    .some((pattern) => pattern.test(host));
}
