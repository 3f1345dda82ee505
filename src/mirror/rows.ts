/**
 * What is in a row of a mirror.
 *
 * @module
 */
import type {
  SyncAlbumToAssetV1,
  SyncAlbumUserV1,
  SyncAlbumV2,
  SyncAssetEditV1,
  SyncAssetExifV1,
  SyncAssetFaceV2,
  SyncAssetMetadataV1,
  SyncAssetOcrV1,
  SyncAssetV2,
  SyncAuthUserV1,
  SyncMemoryAssetV1,
  SyncMemoryV1,
  SyncPartnerV1,
  SyncPersonV1,
  SyncStackV1,
  SyncUserMetadataV1,
  SyncUserV1,
} from "../protocol/mod.ts";

/** Rows in the newest shape in which servers send them, by the table they go to. */
export interface WireRows {
  /** The user whose mirror it is, without secrets. */
  auth_users: Omit<SyncAuthUserV1, "pinCode" | "oauthId">;
  /** Users. */
  users: SyncUserV1;
  /** Groups of the user's settings. */
  user_metadata: SyncUserMetadataV1;
  /** Partner shares. */
  partners: SyncPartnerV1;
  /** Assets. */
  assets: SyncAssetV2;
  /** EXIF data of assets. */
  exif: SyncAssetExifV1;
  /** Edits of assets. */
  asset_edits: SyncAssetEditV1;
  /** Metadata entries of assets. */
  asset_metadata: SyncAssetMetadataV1;
  /** Texts in assets. */
  asset_ocr: SyncAssetOcrV1;
  /** Stacks. */
  stacks: SyncStackV1;
  /** Albums; the owner is an album user, whichever generation of servers sent them. */
  albums: SyncAlbumV2;
  /** Users of albums, the owner among them. */
  album_users: SyncAlbumUserV1;
  /** Contents of albums. */
  album_assets: SyncAlbumToAssetV1;
  /** Memories. */
  memories: SyncMemoryV1;
  /** Contents of memories. */
  memory_assets: SyncMemoryAssetV1;
  /** People. */
  people: SyncPersonV1;
  /** Faces. */
  faces: SyncAssetFaceV2;
}

/** Name of a table of a mirror. */
export type MirrorTable = keyof WireRows;

/** Name of the column of a field: `boundingBoxX1` is kept in `bounding_box_x1`. */
export type ColumnName<Field extends string> = Field extends
  `${infer First}${infer Rest}`
  ? First extends Lowercase<First> ? `${First}${ColumnName<Rest>}`
  : `_${Lowercase<First>}${ColumnName<Rest>}`
  : Field;

/** What a column holds of a field: 0 or 1 for a truth, JSON for an object, `null` for what is not sent. */
export type ColumnValue<Value> = Value extends boolean ? 0 | 1
  : Value extends Record<string, unknown> ? string
  : Value extends undefined ? null
  : Value;

/**
 * A row of a table, as a query gives it.
 *
 * @example An asset
 * ```ts
 * import type { MirrorRow } from "@immich-edge/sync/mirror";
 *
 * function toTitle({ original_file_name, is_favorite }: MirrorRow<"assets">): string {
 *   return is_favorite === 1 ? `★ ${original_file_name}` : original_file_name;
 * }
 * ```
 */
export type MirrorRow<Table extends MirrorTable> = {
  [Field in keyof WireRows[Table] & string as ColumnName<Field>]-?: ColumnValue<
    WireRows[Table][Field]
  >;
};
