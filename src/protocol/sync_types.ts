/**
 * Selects and checks request types for a server's version.
 *
 * @module
 */
import type { ServerVersion } from "./api.ts";
import { closest } from "./closest.ts";
import {
  SYNC_REQUESTS,
  type SyncRequestName,
  type SyncRequestType,
} from "./requests.ts";
import {
  checkServerVersion,
  formatVersion,
  isAtLeast,
} from "./server_version.ts";
import { familyOf } from "./type_names.ts";

const ORDERED = /* @__PURE__ */ Object.keys(
  SYNC_REQUESTS,
) as SyncRequestType[];

/**
 * Returns the request types that a server of this version supports, in the order of
 * their events in the stream. Includes only the newest version of each type
 * (`AlbumsV2`, not `AlbumsV1`).
 *
 * @throws {TypeError} If the version is not valid.
 *
 * @example List the request types that a server supports
 * ```ts
 * import { supportedSyncTypes } from "@immich-edge/sync";
 * import { assert } from "@std/assert";
 *
 * const types = supportedSyncTypes({ major: 2, minor: 7, patch: 5 });
 * assert(types.includes("AssetsV1") && !types.includes("AssetsV2"));
 * assert(types.includes("AssetFacesV2") && !types.includes("AssetFacesV1"));
 * ```
 */
export function supportedSyncTypes(version: ServerVersion): SyncRequestType[] {
  checkServerVersion(version);
  const accepted = ORDERED.filter((type) => accepts(version, type));
  return accepted.filter((type) => {
    const newer = successor(type);
    return newer === undefined || !accepted.includes(newer);
  });
}

/**
 * Adapts request types to a server's version: replaces each unsupported type with a
 * supported version, or drops the type if there is no such version.
 *
 * @throws {TypeError} If the version is not valid.
 * @throws {RangeError} If the server supports none of the types.
 */
export function adaptSyncTypes(
  types: readonly SyncRequestType[],
  version: ServerVersion,
): SyncRequestType[] {
  checkServerVersion(version);
  const adapted = types.map((type) =>
    accepts(version, type) ? type : supportedVersionOf(type, version)
  ).filter((type) => type !== undefined);
  if (adapted.length > 0) return [...new Set(adapted)];
  throw new RangeError(
    `Cannot sync: server version ${formatVersion(version)} supports none of "${
      types.join('", "')
    }"`,
  );
}

/**
 * Checks a caller's request types.
 *
 * Types from forks and newer servers are allowed: names that are not close to a
 * known name, and higher versions of a known type.
 *
 * @throws {TypeError} If the version is not valid.
 * @throws {RangeError} If the list is empty, or a type is misspelled or not supported
 * by a server of this version.
 */
export function checkSyncTypes(
  types: readonly SyncRequestName[],
  version: ServerVersion | undefined,
): void {
  if (!Array.isArray(types) || types.length === 0) {
    throw new RangeError(
      "Cannot open the sync stream: types must be an array with at least one request type",
    );
  }
  for (const type of types) checkName(type);
  if (version === undefined) return;
  checkServerVersion(version);
  for (const type of types) {
    if (accepts(version, type)) continue;
    const instead = supportedVersionOf(type, version);
    throw new RangeError(
      `Cannot open the sync stream: server version ${
        formatVersion(version)
      } does not support "${type}"` +
        (instead === undefined ? "" : `; use "${instead}"`),
    );
  }
}

function checkName(type: string): void {
  if (ORDERED.includes(type as SyncRequestType)) return;
  const isName = typeof type === "string" && /^[A-Z][A-Za-z]*V\d+$/.test(type);
  const meant = suggestType(String(type));
  if (isName && meant === undefined) return;
  throw new RangeError(
    `Cannot open the sync stream: "${type}" is not a request type` +
      (meant === undefined ? "" : `. Did you mean "${meant}"?`),
  );
}

/** Suggests a request type for a misspelled name or the name of an entity type. */
function suggestType(name: string): SyncRequestType | undefined {
  const isNewer = ORDERED.some((known) =>
    familyOf(known) === familyOf(name) && numberOf(known) < numberOf(name)
  );
  if (isNewer) return undefined;
  const ofEntity = ORDERED.findLast((known) =>
    (SYNC_REQUESTS[known].entities as readonly string[]).includes(name)
  );
  return ofEntity ?? closest(name, ORDERED) as SyncRequestType | undefined;
}

/** Returns how a server of this version treats a request type. */
export function acceptance(
  version: ServerVersion,
  type: SyncRequestType,
): "accepted" | "unknown" | "retired" {
  const info = SYNC_REQUESTS[type];
  // The type is newer than this library.
  if (info === undefined) return "accepted";
  if (!isAtLeast(version, info.since)) return "unknown";
  const isRetired = info.retired !== undefined &&
    isAtLeast(version, info.retired);
  return isRetired ? "retired" : "accepted";
}

function accepts(version: ServerVersion, type: SyncRequestType): boolean {
  return acceptance(version, type) === "accepted";
}

function numberOf(type: string): number {
  return Number(/\d+$/.exec(type));
}

function supportedVersionOf(
  type: string,
  version: ServerVersion,
): SyncRequestType | undefined {
  return supportedSyncTypes(version)
    .find((other) => familyOf(other) === familyOf(type));
}

function successor(type: SyncRequestType): SyncRequestType | undefined {
  return ORDERED.find((other) =>
    other > type && familyOf(other) === familyOf(type)
  );
}
