/**
 * Which table each entity type and each request type fills.
 *
 * @module
 */
import { SYNC_REQUESTS, type SyncRequestType } from "../protocol/mod.ts";
import type { MirrorTable } from "./rows.ts";

/** Entity type without its prefix, suffix and version → the table of its rows. */
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

/** The table of the rows of an entity type; `undefined` for a delete. */
export function tableOf(type: string): MirrorTable | undefined {
  const entity = type.replace(/(Backfill|Create|Update)?V\d+$/, "")
    .replace(/^(Partner|Album)(?=Asset|Stack)/, "");
  return TABLES_OF[entity];
}

/** The tables that an event of this type adds rows to. */
export function tablesOf(type: string): MirrorTable[] {
  const table = tableOf(type);
  if (table === undefined) return [];
  // Servers up to 2.x name the owner of an album in the album.
  return type === "AlbumV1" ? [table, "album_users"] : [table];
}

/** A request type without its version: `AssetsV2` and `AssetsV1` bring the same rows. */
export function familyOf(type: string): string {
  return type.replace(/V\d+$/, "");
}

/** The entity types that the request types of a family bring. */
export function entitiesOf(family: string): string[] {
  return (Object.keys(SYNC_REQUESTS) as SyncRequestType[])
    .filter((type) => familyOf(type) === family)
    .flatMap((type) => [...SYNC_REQUESTS[type].entities]);
}

/**
 * The tables of which a full sync brings every row: those for which it asks for
 * everything that has ever filled them.
 *
 * @param asked Families that the sync asks for.
 * @param ever Families that any sync of this mirror has asked for.
 */
export function completeTables(
  asked: readonly string[],
  ever: readonly string[],
): MirrorTable[] {
  const filledBy = (families: readonly string[]) =>
    new Set(families.flatMap(entitiesOf).flatMap(tablesOf));
  const others = filledBy(ever.filter((family) => !asked.includes(family)));
  return [...filledBy(asked)].filter((table) => !others.has(table));
}
