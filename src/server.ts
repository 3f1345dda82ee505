/**
 * Which server this is, and where.
 *
 * @module
 */
import { normalizeBaseUrl } from "./base_url.ts";
import { callJson, type CallOptions } from "./call.ts";
import { ProtocolError } from "./errors.ts";
import { isObject } from "./json.ts";
import type { ServerVersion } from "./protocol.ts";

/**
 * Reads the version of a server. Needs no session, and sends none.
 *
 * @throws {TypeError} If the address cannot be used.
 * @throws {HttpError} If the server answers with another status than 200.
 * @throws {ProtocolError} If this is no Immich server.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example Asking for what a server has
 * ```ts
 * import { serverVersion, supportedSyncTypes } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assert } from "@std/assert";
 *
 * const { baseUrl, fetch } = new FakeImmich();
 * const version = await serverVersion({ baseUrl }, { fetch });
 * assert(supportedSyncTypes(version).includes("AssetsV2"));
 * ```
 */
export async function serverVersion(
  server: { baseUrl: string | URL },
  options: CallOptions = {},
): Promise<ServerVersion> {
  return await callJson(
    {
      baseUrl: server.baseUrl,
      action: "read the server's version",
      method: "GET",
      path: "/api/server/version",
    },
    options,
    isServerVersion,
  );
}

/**
 * Finds the server behind an origin through its `.well-known/immich`, and gives
 * the base URL to use.
 *
 * @throws {TypeError} If the origin cannot be used.
 * @throws {HttpError} If the origin answers with another status than 200.
 * @throws {ProtocolError} If what it answers leads to no usable address.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example From what a user types to a base URL
 * ```ts
 * import { discover } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const { baseUrl, fetch } = new FakeImmich();
 * assertEquals(await discover(`${baseUrl}/photos`, { fetch }), baseUrl);
 * ```
 */
export async function discover(
  origin: string | URL,
  options: CallOptions = {},
): Promise<string> {
  const base = new URL(normalizeBaseUrl(origin)).origin;
  const { api: { endpoint } } = await callJson(
    {
      baseUrl: base,
      action: "discover the server",
      method: "GET",
      path: "/.well-known/immich",
    },
    options,
    isWellKnown,
  );
  try {
    const found = normalizeBaseUrl(new URL(endpoint, base));
    const downgrade = base.startsWith("https:") && found.startsWith("http:");
    if (!downgrade) return found;
  } catch {
    // Told below: what the server names may hold anything.
  }
  throw new ProtocolError(
    "Cannot discover the server: the endpoint it names is no address that can be used, or no https as the origin is",
  );
}

function isServerVersion(value: unknown): value is ServerVersion {
  return isObject(value) &&
    [value.major, value.minor, value.patch].every(Number.isInteger);
}

function isWellKnown(value: unknown): value is { api: { endpoint: string } } {
  return isObject(value) && isObject(value.api) &&
    typeof value.api.endpoint === "string";
}
