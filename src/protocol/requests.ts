/**
 * The request types of the sync stream.
 *
 * @module
 */

/** Maps each request type to the entity types of its events. */
export interface SyncRequestEntities {
  /** The signed-in user's account. Added in 1.136.0. */
  AuthUsersV1: "AuthUserV1";
  /** The signed-in user's account. Expected in 3.3.0, which is not released yet. */
  AuthUsersV2: "AuthUserV2";
  /** The names and profile pictures of the server's users. Added in 1.127.0. */
  UsersV1: "UserDeleteV1" | "UserV1";
  /**
   * Who shares a library with the user, and with whom the user shares a
   * library. Added in 1.129.0.
   */
  PartnersV1: "PartnerDeleteV1" | "PartnerV1";
  /** The user's photos and videos. Added in 1.130.0, removed in 3.0.0. */
  AssetsV1: "AssetDeleteV1" | "AssetV1";
  /** The user's photos and videos. Added in 3.0.0. */
  AssetsV2: "AssetDeleteV1" | "AssetV2";
  /** The user's stacks: groups of photos that are shown as one. Added in 1.136.0. */
  StacksV1: "StackDeleteV1" | "StackV1";
  /** Partners' photos and videos. Added in 1.130.0, removed in 3.0.0. */
  PartnerAssetsV1:
    | "PartnerAssetDeleteV1"
    | "PartnerAssetBackfillV1"
    | "PartnerAssetV1";
  /** Partners' photos and videos. Added in 3.0.0. */
  PartnerAssetsV2:
    | "PartnerAssetDeleteV1"
    | "PartnerAssetBackfillV2"
    | "PartnerAssetV2";
  /** Partners' stacks. Added in 1.136.0. */
  PartnerStacksV1:
    | "PartnerStackDeleteV1"
    | "PartnerStackBackfillV1"
    | "PartnerStackV1";
  /**
   * The photos and videos in the user's own albums and in shared albums. Added
   * in 1.136.0, removed in 3.0.0.
   */
  AlbumAssetsV1:
    | "AlbumAssetBackfillV1"
    | "AlbumAssetUpdateV1"
    | "AlbumAssetCreateV1";
  /**
   * The photos and videos in the user's own albums and in shared albums. Added
   * in 3.0.0.
   */
  AlbumAssetsV2:
    | "AlbumAssetBackfillV2"
    | "AlbumAssetUpdateV2"
    | "AlbumAssetCreateV2";
  /** The user's own albums and shared albums, with their owner. Added in 1.133.0. */
  AlbumsV1: "AlbumDeleteV1" | "AlbumV1";
  /** The user's own albums and shared albums, without their owner. Added in 3.0.0. */
  AlbumsV2: "AlbumDeleteV1" | "AlbumV2";
  /** Who can see each album (since 3.0.0, this includes the owner). Added in 1.133.0. */
  AlbumUsersV1: "AlbumUserDeleteV1" | "AlbumUserBackfillV1" | "AlbumUserV1";
  /** Which photos and videos each album contains. Added in 1.136.0. */
  AlbumToAssetsV1:
    | "AlbumToAssetDeleteV1"
    | "AlbumToAssetBackfillV1"
    | "AlbumToAssetV1";
  /** Camera, place and description of the user's photos and videos. Added in 1.130.0. */
  AssetExifsV1: "AssetExifV1";
  /** Camera, place and description of the photos and videos in albums. Added in 1.136.0. */
  AlbumAssetExifsV1:
    | "AlbumAssetExifBackfillV1"
    | "AlbumAssetExifUpdateV1"
    | "AlbumAssetExifCreateV1";
  /** Text recognized in the user's photos. Added in 3.0.0. */
  AssetOcrV1: "AssetOcrDeleteV1" | "AssetOcrV1";
  /** Camera, place and description of partners' photos and videos. Added in 1.130.0. */
  PartnerAssetExifsV1: "PartnerAssetExifBackfillV1" | "PartnerAssetExifV1";
  /** The user's memories: photos from the same day in earlier years. Added in 1.136.0. */
  MemoriesV1: "MemoryDeleteV1" | "MemoryV1";
  /** Which photos and videos each memory contains. Added in 1.136.0. */
  MemoryToAssetsV1: "MemoryToAssetDeleteV1" | "MemoryToAssetV1";
  /** The people in the user's photos. Added in 1.136.0. */
  PeopleV1: "PersonDeleteV1" | "PersonV1";
  /** The faces in the user's photos. Added in 1.136.0, removed in 3.0.0. */
  AssetFacesV1: "AssetFaceDeleteV1" | "AssetFaceV1";
  /** The faces in the user's photos, including hidden and removed faces. Added in 2.6.0. */
  AssetFacesV2: "AssetFaceDeleteV1" | "AssetFaceV2";
  /**
   * The faces in the photos of the user's cluster group, including photos that
   * the user cannot see. Expected in 3.3.0, which is not released yet.
   */
  AssetFacesV3: "AssetFaceDeleteV1" | "AssetFaceV3";
  /** The user's settings. Added in 1.136.0. */
  UserMetadataV1: "UserMetadataDeleteV1" | "UserMetadataV1";
  /**
   * Metadata entries that apps attach to the user's photos and videos. Added
   * in 1.140.0.
   */
  AssetMetadataV1: "AssetMetadataDeleteV1" | "AssetMetadataV1";
  /** How the user's photos have been cropped, rotated and mirrored. Added in 2.6.0. */
  AssetEditsV1: "AssetEditDeleteV1" | "AssetEditV1";
}

/** A kind of data that a client can request from the sync stream. */
export type SyncRequestType = keyof SyncRequestEntities;

/**
 * A known request type, or the name of one that exists only in a fork or a newer
 * server. Editors autocomplete the known names.
 */
export type SyncRequestName<R extends SyncRequestType = SyncRequestType> =
  | R
  | (string & Record<never, never>);

/** The releases that support a request type, and the entity types of its events. */
export interface SyncRequestInfo<R extends SyncRequestType> {
  /** First release that supports the request type. */
  readonly since: string;
  /** First release that no longer supports the request type. */
  readonly retired?: string;
  /**
   * Entity types of the request type's events, in the order in which a server
   * sends them.
   */
  readonly entities: readonly SyncRequestEntities[R][];
}

/**
 * All request types, in the order in which their events are sent. The order in
 * the request does not matter (measured on 2.7.5 and 3.1.0). The types for
 * 3.3.0 are from the server's unreleased source.
 */
export const SYNC_REQUESTS: {
  readonly [R in SyncRequestType]: SyncRequestInfo<R>;
} = {
  AuthUsersV1: { since: "1.136.0", entities: ["AuthUserV1"] },
  AuthUsersV2: { since: "3.3.0", entities: ["AuthUserV2"] },
  UsersV1: { since: "1.127.0", entities: ["UserDeleteV1", "UserV1"] },
  PartnersV1: { since: "1.129.0", entities: ["PartnerDeleteV1", "PartnerV1"] },
  AssetsV1: {
    since: "1.130.0",
    retired: "3.0.0",
    entities: ["AssetDeleteV1", "AssetV1"],
  },
  AssetsV2: { since: "3.0.0", entities: ["AssetDeleteV1", "AssetV2"] },
  StacksV1: { since: "1.136.0", entities: ["StackDeleteV1", "StackV1"] },
  PartnerAssetsV1: {
    since: "1.130.0",
    retired: "3.0.0",
    entities: [
      "PartnerAssetDeleteV1",
      "PartnerAssetBackfillV1",
      "PartnerAssetV1",
    ],
  },
  PartnerAssetsV2: {
    since: "3.0.0",
    entities: [
      "PartnerAssetDeleteV1",
      "PartnerAssetBackfillV2",
      "PartnerAssetV2",
    ],
  },
  PartnerStacksV1: {
    since: "1.136.0",
    entities: [
      "PartnerStackDeleteV1",
      "PartnerStackBackfillV1",
      "PartnerStackV1",
    ],
  },
  AlbumAssetsV1: {
    since: "1.136.0",
    retired: "3.0.0",
    entities: [
      "AlbumAssetBackfillV1",
      "AlbumAssetUpdateV1",
      "AlbumAssetCreateV1",
    ],
  },
  AlbumAssetsV2: {
    since: "3.0.0",
    entities: [
      "AlbumAssetBackfillV2",
      "AlbumAssetUpdateV2",
      "AlbumAssetCreateV2",
    ],
  },
  AlbumsV1: { since: "1.133.0", entities: ["AlbumDeleteV1", "AlbumV1"] },
  AlbumsV2: { since: "3.0.0", entities: ["AlbumDeleteV1", "AlbumV2"] },
  AlbumUsersV1: {
    since: "1.133.0",
    entities: ["AlbumUserDeleteV1", "AlbumUserBackfillV1", "AlbumUserV1"],
  },
  AlbumToAssetsV1: {
    since: "1.136.0",
    entities: [
      "AlbumToAssetDeleteV1",
      "AlbumToAssetBackfillV1",
      "AlbumToAssetV1",
    ],
  },
  AssetExifsV1: { since: "1.130.0", entities: ["AssetExifV1"] },
  AlbumAssetExifsV1: {
    since: "1.136.0",
    entities: [
      "AlbumAssetExifBackfillV1",
      "AlbumAssetExifUpdateV1",
      "AlbumAssetExifCreateV1",
    ],
  },
  AssetOcrV1: { since: "3.0.0", entities: ["AssetOcrDeleteV1", "AssetOcrV1"] },
  PartnerAssetExifsV1: {
    since: "1.130.0",
    entities: ["PartnerAssetExifBackfillV1", "PartnerAssetExifV1"],
  },
  MemoriesV1: { since: "1.136.0", entities: ["MemoryDeleteV1", "MemoryV1"] },
  MemoryToAssetsV1: {
    since: "1.136.0",
    entities: ["MemoryToAssetDeleteV1", "MemoryToAssetV1"],
  },
  PeopleV1: { since: "1.136.0", entities: ["PersonDeleteV1", "PersonV1"] },
  AssetFacesV1: {
    since: "1.136.0",
    retired: "3.0.0",
    entities: ["AssetFaceDeleteV1", "AssetFaceV1"],
  },
  AssetFacesV2: {
    since: "2.6.0",
    entities: ["AssetFaceDeleteV1", "AssetFaceV2"],
  },
  AssetFacesV3: {
    since: "3.3.0",
    entities: ["AssetFaceDeleteV1", "AssetFaceV3"],
  },
  UserMetadataV1: {
    since: "1.136.0",
    entities: ["UserMetadataDeleteV1", "UserMetadataV1"],
  },
  AssetMetadataV1: {
    since: "1.140.0",
    entities: ["AssetMetadataDeleteV1", "AssetMetadataV1"],
  },
  AssetEditsV1: {
    since: "2.6.0",
    entities: ["AssetEditDeleteV1", "AssetEditV1"],
  },
};
