/**
 * What each entity type of the stream does to the tables.
 *
 * @module
 */
import type { SyncEventData } from "../protocol.ts";
import type { MirrorTable } from "./rows.ts";

/** Entity type without way and version → the table of its rows. */
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

/** The table that the rows of a known type go to, whichever way they come; none for a delete. */
export function tableOf(type: string): MirrorTable | undefined {
  const entity = type.replace(/(Backfill|Create|Update)?V\d+$/, "")
    .replace(/^(Partner|Album)(?=Asset|Stack)/, "");
  return TABLES_OF[entity];
}

type DeleteType = Extract<keyof SyncEventData, `${string}Delete${string}`>;

/** What a delete takes out of a table: the rows whose columns hold its fields. */
export interface Removal {
  /** The table. */
  table: MirrorTable;
  /** Field of the rows → field of the delete. */
  fields: Readonly<Record<string, string>>;
}

function by(table: MirrorTable, field: string, of = "id"): Removal {
  return { table, fields: { [of]: field } };
}

function pair(table: MirrorTable, first: string, second: string): Removal {
  return { table, fields: { [first]: first, [second]: second } };
}

/**
 * What each delete takes out. What an album held goes with it at once: if it is
 * shared again, it comes anew, and that can be in the same stream. All else that
 * a delete only implies is swept when a pass is over.
 */
export const REMOVALS: { readonly [D in DeleteType]: readonly Removal[] } = {
  UserDeleteV1: [by("users", "userId")],
  PartnerDeleteV1: [pair("partners", "sharedById", "sharedWithId")],
  AssetDeleteV1: [by("assets", "assetId")],
  PartnerAssetDeleteV1: [by("assets", "assetId")],
  StackDeleteV1: [by("stacks", "stackId")],
  PartnerStackDeleteV1: [by("stacks", "stackId")],
  AlbumDeleteV1: [
    by("albums", "albumId"),
    by("album_users", "albumId", "albumId"),
    by("album_assets", "albumId", "albumId"),
  ],
  AlbumUserDeleteV1: [pair("album_users", "albumId", "userId")],
  AlbumToAssetDeleteV1: [pair("album_assets", "albumId", "assetId")],
  // Its id is that of an audit row, and matches no text.
  AssetOcrDeleteV1: [by("asset_ocr", "assetId", "assetId")],
  MemoryDeleteV1: [by("memories", "memoryId")],
  MemoryToAssetDeleteV1: [pair("memory_assets", "memoryId", "assetId")],
  PersonDeleteV1: [by("people", "personId")],
  AssetFaceDeleteV1: [by("faces", "assetFaceId")],
  UserMetadataDeleteV1: [pair("user_metadata", "userId", "key")],
  AssetMetadataDeleteV1: [pair("asset_metadata", "assetId", "key")],
  AssetEditDeleteV1: [by("asset_edits", "editId")],
};
