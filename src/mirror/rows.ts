/**
 * The types of the rows in a mirror.
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

/** The rows by table, as the newest servers send them. */
export interface WireRows {
  /** The mirror's user, excluding secrets. */
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
  /** Text recognized in assets. */
  asset_ocr: SyncAssetOcrV1;
  /** Stacks. */
  stacks: SyncStackV1;
  /**
   * Albums; the owner is stored as an album user, regardless of the server
   * version.
   */
  albums: SyncAlbumV2;
  /** Users of albums, including the owner. */
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

/** The name of a table in a mirror. */
export type MirrorTable = keyof WireRows;

/** The column name of a field: `boundingBoxX1` becomes `bounding_box_x1`. */
export type ColumnName<Field extends string> = Field extends
  `${infer First}${infer Rest}`
  ? First extends Lowercase<First> ? `${First}${ColumnName<Rest>}`
  : `_${Lowercase<First>}${ColumnName<Rest>}`
  : Field;

/** The value stored for a field: 0 or 1 for a boolean, JSON for an object, `null` for a missing field. */
export type ColumnValue<Value> = Value extends boolean ? 0 | 1
  : Value extends Record<string, unknown> ? string
  : Value extends undefined ? null
  : Value;

/**
 * A row of a table, as returned by a query.
 *
 * @example Read the columns of an asset
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
