/**
 * Finds the address of a server.
 *
 * @module
 */
import { HttpError, ProtocolError } from "../errors/mod.ts";
import {
  callJson,
  type CallOptions,
  checkCallOptions,
  isObject,
  normalizeBaseUrl,
} from "../http/mod.ts";

/**
 * Finds a server through `.well-known/immich`: first under the address that the
 * user entered, as the mobile app does, then at that address's origin.
 *
 * @param address The address of a server, or of one of its pages.
 * @returns The base URL of the server.
 *
 * @throws {TypeError} If the address is not valid.
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
  address: string | URL,
  options: CallOptions = {},
): Promise<string> {
  checkCallOptions("discover the server", options);
  const base = normalizeBaseUrl(address);
  const { origin } = new URL(base);
  try {
    return await ask(base, options);
  } catch (error) {
    const isElsewhere = error instanceof ProtocolError ||
      (error instanceof HttpError && !error.retryable);
    if (base === origin || !isElsewhere) throw error;
    return await ask(origin, options);
  }
}

async function ask(base: string, options: CallOptions): Promise<string> {
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
    // Under the address, not at its origin, as in the mobile app.
    const path = endpoint.replace(/^\/(?!\/)/, "");
    const found = normalizeBaseUrl(new URL(path, `${base}/`));
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
