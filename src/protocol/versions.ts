/**
 * What to ask which server for.
 *
 * @module
 */
import type { ServerVersion } from "./api.ts";
import { closest } from "./closest.ts";
import { SYNC_REQUESTS, type SyncRequestType } from "./requests.ts";

const ORDERED = /* @__PURE__ */ Object.keys(
  SYNC_REQUESTS,
) as SyncRequestType[];

/**
 * The request types to ask a server of this version for: all that it takes,
 * in the order in which it answers, and only the newest of those that send the
 * same rows twice (`AlbumsV2`, not also `AlbumsV1`).
 *
 * @example Asking for everything a server has
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
  const accepted = ORDERED.filter((type) => accepts(version, type));
  return accepted.filter((type) => {
    const newer = successor(type);
    return newer === undefined || !accepted.includes(newer);
  });
}

/**
 * What to ask a server of this version for in the place of these types: another
 * version of the same rows where it refuses one, and nothing where it has none.
 *
 * @throws {RangeError} If nothing is left to ask for.
 */
export function adaptSyncTypes(
  types: readonly SyncRequestType[],
  version: ServerVersion,
): SyncRequestType[] {
  const supported = supportedSyncTypes(version);
  const adapted = types.map((type) =>
    accepts(version, type)
      ? type
      : supported.find((other) => family(other) === family(type))
  ).filter((type) => type !== undefined);
  if (adapted.length > 0) return [...new Set(adapted)];
  throw new RangeError(
    `Cannot sync: a server ${format(version)} has none of "${
      types.join('", "')
    }"`,
  );
}

/** Whether a server of this version is at least of a release. */
export function isAtLeast(version: ServerVersion, release: string): boolean {
  return compare(version, release) >= 0;
}

/**
 * Checks the request types that a caller asks for.
 *
 * Types of forks and of newer servers pass: names that are not close to a known
 * one, and higher versions of a known one.
 *
 * @throws {RangeError} If there are none, if one is misspelt, or if a server of
 * this version is known to refuse one.
 */
export function checkSyncTypes(
  types: readonly SyncRequestType[],
  version: ServerVersion | undefined,
): void {
  if (!Array.isArray(types) || types.length === 0) {
    throw new RangeError(
      "Cannot open the sync stream: types must be a list of at least one request type",
    );
  }
  for (const type of types) checkName(type);
  if (version === undefined) return;
  for (const type of types) {
    if (accepts(version, type)) continue;
    const instead = supportedSyncTypes(version)
      .find((other) => family(other) === family(type));
    throw new RangeError(
      `Cannot open the sync stream: a server ${
        format(version)
      } refuses "${type}"` +
        (instead === undefined ? "" : `, ask for "${instead}"`),
    );
  }
}

function checkName(type: string): void {
  if (ORDERED.includes(type as SyncRequestType)) return;
  const isName = typeof type === "string" && /^[A-Z][A-Za-z]*V\d+$/.test(type);
  const meant = meantType(String(type));
  if (isName && meant === undefined) return;
  throw new RangeError(
    `Cannot open the sync stream: "${type}" is not a request type` +
      (meant === undefined ? "" : `. Did you mean "${meant}"?`),
  );
}

/** The request type that a misspelt name or the name of an entity type means. */
function meantType(name: string): SyncRequestType | undefined {
  const isNewer = ORDERED.some((known) =>
    family(known) === family(name) && numberOf(known) < numberOf(name)
  );
  if (isNewer) return undefined;
  const ofEntity = ORDERED.findLast((known) =>
    (SYNC_REQUESTS[known].entities as readonly string[]).includes(name)
  );
  return ofEntity ?? closest(name, ORDERED) as SyncRequestType | undefined;
}

/** What a server of this version makes of a request type. */
export function acceptance(
  version: ServerVersion,
  type: SyncRequestType,
): "accepted" | "unknown" | "retired" {
  const info = SYNC_REQUESTS[type];
  // A type from after this library: the server knows best.
  if (info === undefined) return "accepted";
  if (compare(version, info.since) < 0) return "unknown";
  if (info.retired === undefined) return "accepted";
  return compare(version, info.retired) < 0 ? "accepted" : "retired";
}

function accepts(version: ServerVersion, type: SyncRequestType): boolean {
  return acceptance(version, type) === "accepted";
}

/** Compares with a release; a release candidate counts as its release. */
function compare(version: ServerVersion, release: string): number {
  const [major = 0, minor = 0, patch = 0] = release.split(".").map(Number);
  return version.major - major || version.minor - minor ||
    version.patch - patch;
}

function family(type: string): string {
  return type.replace(/V\d+$/, "");
}

function numberOf(type: string): number {
  return Number(/\d+$/.exec(type));
}

function successor(type: SyncRequestType): SyncRequestType | undefined {
  return ORDERED.find((other) =>
    other > type && family(other) === family(type)
  );
}

function format({ major, minor, patch }: ServerVersion): string {
  return `${major}.${minor}.${patch}`;
}
