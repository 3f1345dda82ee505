/**
 * The address of a server's API.
 *
 * @module
 */
import { ProtocolError } from "../errors/mod.ts";
import {
  callJson,
  type CallOptions,
  checkCallOptions,
  isObject,
  normalizeBaseUrl,
} from "../http/mod.ts";

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
  checkCallOptions("discover the server", options);
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

function isWellKnown(value: unknown): value is { api: { endpoint: string } } {
  return isObject(value) && isObject(value.api) &&
    typeof value.api.endpoint === "string";
}
