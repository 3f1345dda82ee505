/**
 * Reads the version of a server.
 *
 * @module
 */
import { callJson, type CallOptions, checkCallOptions } from "../http/mod.ts";
import { isServerVersion, type ServerVersion } from "../protocol/mod.ts";

/**
 * Reads the version of a server. Sends no access token, so no session is needed.
 *
 * @throws {TypeError} If the address is not valid.
 * @throws {HttpError} If the server responds with a status other than 200.
 * @throws {ProtocolError} If the server is not an Immich server.
 * @throws {ConnectionError} If the connection fails.
 *
 * @example Find the request types that a server supports
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
