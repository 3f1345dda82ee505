/**
 * Maps entity types and request types to the tables that they fill.
 *
 * @module
 */
import {
  entityOf,
  familyOf,
  supportedSyncTypes,
  SYNC_REQUESTS,
  type SyncRequestType,
} from "../protocol/mod.ts";
import type { MirrorTable } from "./rows.ts";

/** All request types of the newest servers; `sync` adapts them to older servers. */
export const ALL_TYPES: readonly SyncRequestType[] = supportedSyncTypes({
  major: 3,
  minor: 3,
  patch: 0,
});

/** The unversioned request types for the rows that partners share. */
export const PARTNER_FAMILIES: readonly string[] = [
  "PartnerAssets",
  "PartnerStacks",
];

/** Maps entity types, stripped of prefix, suffix and version, to tables. */
const TABLES_OF: Record<string, MirrorTable> = {
  AuthUser: "auth_users",
  User: "users",
  UserMetadata: "user_metadata",
  Partner: "partners",
  Asset: "assets",
  AssetExif: "exif",
  AssetEdit: "asset_edits",
  AssetMetadata: "asset_metadata",
  AssetOcr: "asset_ocr",
  Stack: "stacks",
  Album: "albums",
  AlbumUser: "album_users",
  AlbumToAsset: "album_assets",
  Memory: "memories",
  MemoryToAsset: "memory_assets",
  Person: "people",
  AssetFace: "faces",
};

/** Returns the table for an entity type, or `undefined` for a delete. */
export function tableOf(type: string): MirrorTable | undefined {
  const entity = entityOf(type);
  // A server may send any type, such as "constructor".
  return Object.hasOwn(TABLES_OF, entity) ? TABLES_OF[entity] : undefined;
}

/** Returns the tables that an event of this type adds rows to. */
export function tablesOf(type: string): MirrorTable[] {
  const table = tableOf(type);
  if (table === undefined) return [];
  // Servers up to 2.x send the owner of an album as a field of the album.
  return type === "AlbumV1" ? [table, "album_users"] : [table];
}

/** Returns the entity types that a server sends for any version of a request type. */
export function entitiesOf(family: string): string[] {
  return (Object.keys(SYNC_REQUESTS) as SyncRequestType[])
    .filter((type) => familyOf(type) === family)
    .flatMap((type) => [...SYNC_REQUESTS[type].entities]);
}

/**
 * Returns the tables that are fetched completely by a full sync. For such a
 * table, the sync requests every type that has ever filled it.
 *
 * @param asked The unversioned request types of the sync.
 * @param everAsked The unversioned request types of all syncs of this mirror.
 */
export function completeTables(
  asked: readonly string[],
  everAsked: readonly string[],
): MirrorTable[] {
  const filledBy = (families: readonly string[]) =>
    new Set(families.flatMap(entitiesOf).flatMap(tablesOf));
  const others = filledBy(
    everAsked.filter((family) => !asked.includes(family)),
  );
  return [...filledBy(asked)].filter((table) => !others.has(table));
}
