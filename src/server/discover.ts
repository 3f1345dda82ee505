/**
 * Finds the address of a server.
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
 * Finds a server through the `.well-known/immich` of an origin.
 *
 * @returns The base URL of the server.
 *
 * @throws {TypeError} If the origin is not valid.
 * @throws {HttpError} If the origin responds with a status other than 200.
 * @throws {ProtocolError} If the response has no usable address.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example Find the base URL for an address entered by a user
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
    // Reported below, without quoting the server.
  }
  throw new ProtocolError(
    "Cannot discover the server: the endpoint is invalid, or downgrades from https",
  );
}

function isWellKnown(value: unknown): value is { api: { endpoint: string } } {
  return isObject(value) && isObject(value.api) &&
    typeof value.api.endpoint === "string";
}
