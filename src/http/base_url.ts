/**
 * Normalizes and checks the address of a server.
 *
 * @module
 */

/**
 * Normalizes an address for a session: removes trailing slashes and a trailing
 * `/api`, and keeps any other path.
 *
 * @throws {TypeError} If the address does not start with `http:` or `https:`, or
 * contains credentials, a query or a fragment.
 */
export function normalizeBaseUrl(baseUrl: string | URL): string {
  const url = parseBaseUrl(baseUrl);
  const path = url.pathname.replace(/\/+$/, "").replace(/\/+api$/, "");
  return url.origin + path.replace(/\/+$/, "");
}

function parseBaseUrl(baseUrl: string | URL): URL {
  if (typeof baseUrl !== "string" && !(baseUrl instanceof URL)) {
    const type = baseUrl === null ? "null" : typeof baseUrl;
    throw new TypeError(
      `Cannot use base URL: it must be a string such as "https://photos.example.com", received ${type}`,
    );
  }
  const text = String(baseUrl).trim();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Checked first, because later messages quote the address and it may contain a
  // password.
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

/**
 * Returns whether a host is this machine or on a local network: loopback, private
 * and link-local addresses (RFC 1918, 3927, 4193, 4291), names without a dot, and
 * `.local`, `.lan`, `.internal`, `.home.arpa`, `.localhost`.
 *
 * @param hostname The `hostname` of a `URL`, which normalizes IPv4 addresses.
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, "");
  if (host.startsWith("[")) return isPrivateIPv6(host.slice(1, -1));
  const octets = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(host);
  if (octets) return isPrivateIPv4(Number(octets[1]), Number(octets[2]));
  return !host.includes(".") ||
    /\.(local|lan|internal|home\.arpa|localhost)$/.test(host);
}

function isPrivateIPv4(first: number, second: number): boolean {
  return first === 127 || first === 10 ||
    (first === 192 && second === 168) ||
    (first === 172 && second >= 16 && second <= 31) ||
    (first === 169 && second === 254);
}

function isPrivateIPv6(address: string): boolean {
  const mapped = /^::ffff:([0-9a-f]{1,4}):[0-9a-f]{1,4}$/.exec(address);
  if (mapped) {
    const high = parseInt(mapped[1]!, 16);
    return isPrivateIPv4(high >> 8, high & 0xff);
  }
  return address === "::1" || /^(f[cd]|fe[89ab])[0-9a-f]*:/.test(address);
}
