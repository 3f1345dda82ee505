/**
 * The version of a server.
 *
 * @module
 */
import {
  callJson,
  type CallOptions,
  checkCallOptions,
  isObject,
} from "../http/mod.ts";
import type { ServerVersion } from "../protocol/mod.ts";

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
  checkCallOptions("read the server's version", options);
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

function isServerVersion(value: unknown): value is ServerVersion {
  return isObject(value) &&
    [value.major, value.minor, value.patch].every(Number.isInteger);
}
