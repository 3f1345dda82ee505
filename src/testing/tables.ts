/**
 * A server's tables and their rows.
 *
 * @module
 */
import type {
  SyncAlbumToAssetV1,
  SyncAlbumUserV1,
  SyncAlbumV1,
  SyncAssetEditV1,
  SyncAssetExifV1,
  SyncAssetFaceV2,
  SyncAssetMetadataV1,
  SyncAssetOcrV1,
  SyncAssetV2,
  SyncAuthUserV1,
  SyncEntityType,
  SyncMemoryAssetV1,
  SyncMemoryV1,
  SyncPartnerV1,
  SyncPersonV1,
  SyncStackV1,
  SyncUserMetadataV1,
  SyncUserV1,
} from "../protocol/mod.ts";

/** A server's tables, with rows in the format of 3.1. */
export interface Tables {
  /** Users. */
  users: SyncAuthUserV1;
  /** Settings of users. */
  userMetadata: SyncUserMetadataV1;
  /** Partner shares. */
  partners: SyncPartnerV1;
  /** Assets. */
  assets: SyncAssetV2;
  /** EXIF data of assets. */
  exifs: SyncAssetExifV1;
  /** Edits of assets. */
  edits: SyncAssetEditV1;
  /** Metadata entries of assets. */
  assetMetadata: SyncAssetMetadataV1;
  /** Text boxes in assets. */
  ocr: SyncAssetOcrV1;
  /** Stacks. */
  stacks: SyncStackV1;
  /** Albums. */
  albums: SyncAlbumV1;
  /** Users of albums. */
  albumUsers: SyncAlbumUserV1;
  /** Contents of albums. */
  albumAssets: SyncAlbumToAssetV1;
  /** Memories. */
  memories: SyncMemoryV1;
  /** Contents of memories. */
  memoryAssets: SyncMemoryAssetV1;
  /** People. */
  people: SyncPersonV1;
  /** Faces. */
  faces: SyncAssetFaceV2;
}

/** The name of a table. */
export type TableName = keyof Tables;

/** Default account data for users whose account data is unknown. */
export const NO_ACCOUNT: Omit<SyncAuthUserV1, keyof SyncUserV1> = {
  isAdmin: false,
  pinCode: null,
  oauthId: "",
  storageLabel: null,
  quotaSizeInBytes: null,
  quotaUsageInBytes: 0,
};

/** For each table, a function that returns a row's key. */
export const KEYS: { [T in TableName]: (data: Tables[T]) => string } = {
  users: ({ id }) => id,
  userMetadata: ({ userId, key }) => `${userId}/${key}`,
  partners: ({ sharedById, sharedWithId }) => `${sharedById}/${sharedWithId}`,
  assets: ({ id }) => id,
  exifs: ({ assetId }) => assetId,
  edits: ({ id }) => id,
  assetMetadata: ({ assetId, key }) => `${assetId}/${key}`,
  ocr: ({ id }) => id,
  stacks: ({ id }) => id,
  albums: ({ id }) => id,
  albumUsers: ({ albumId, userId }) => `${albumId}/${userId}`,
  albumAssets: ({ albumId, assetId }) => `${albumId}/${assetId}`,
  memories: ({ id }) => id,
  memoryAssets: ({ memoryId, assetId }) => `${memoryId}/${assetId}`,
  people: ({ id }) => id,
  faces: ({ id }) => id,
};

/** The table for each entity type, except deletes and control events. */
export const ENTITY_TABLES: { readonly [E in SyncEntityType]?: TableName } = {
  AuthUserV1: "users",
  AuthUserV2: "users",
  UserV1: "users",
  PartnerV1: "partners",
  AssetV1: "assets",
  AssetV2: "assets",
  StackV1: "stacks",
  PartnerAssetBackfillV1: "assets",
  PartnerAssetV1: "assets",
  PartnerAssetBackfillV2: "assets",
  PartnerAssetV2: "assets",
  PartnerStackBackfillV1: "stacks",
  PartnerStackV1: "stacks",
  AlbumAssetBackfillV1: "assets",
  AlbumAssetUpdateV1: "assets",
  AlbumAssetCreateV1: "assets",
  AlbumAssetBackfillV2: "assets",
  AlbumAssetUpdateV2: "assets",
  AlbumAssetCreateV2: "assets",
  AlbumV1: "albums",
  AlbumV2: "albums",
  AlbumUserBackfillV1: "albumUsers",
  AlbumUserV1: "albumUsers",
  AlbumToAssetBackfillV1: "albumAssets",
  AlbumToAssetV1: "albumAssets",
  AssetExifV1: "exifs",
  AlbumAssetExifBackfillV1: "exifs",
  AlbumAssetExifUpdateV1: "exifs",
  AlbumAssetExifCreateV1: "exifs",
  AssetOcrV1: "ocr",
  PartnerAssetExifBackfillV1: "exifs",
  PartnerAssetExifV1: "exifs",
  MemoryV1: "memories",
  MemoryToAssetV1: "memoryAssets",
  PersonV1: "people",
  AssetFaceV1: "faces",
  AssetFaceV2: "faces",
  AssetFaceV3: "faces",
  UserMetadataV1: "userMetadata",
  AssetMetadataV1: "assetMetadata",
  AssetEditV1: "edits",
};
