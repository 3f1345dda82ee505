/**
 * The data of albums, their users and their contents, as servers send it.
 *
 * @module
 */

/**
 * An album, as servers have sent it since 3.0.0; its owner is a
 * {@linkcode SyncAlbumUserV1}.
 */
export interface SyncAlbumV2 {
  /** Id of the album. */
  id: string;
  /** Name of the album. */
  name: string;
  /** Description of the album. */
  description: string;
  /** When the album was created. */
  createdAt: string;
  /** When the album was last changed. */
  updatedAt: string;
  /** Id of the cover asset. */
  thumbnailAssetId: string | null;
  /** Whether users may comment and like. */
  isActivityEnabled: boolean;
  /** Order of the album's assets by date. */
  order: "asc" | "desc";
}

/** An album with its owner, as servers up to 2.x send it. */
export interface SyncAlbumV1 extends SyncAlbumV2 {
  /** Id of the user who owns the album. */
  ownerId: string;
}

/** An album that was deleted or is no longer shared with this user. */
export interface SyncAlbumDeleteV1 {
  /** Id of the album. */
  albumId: string;
}

/** A user of an album. */
export interface SyncAlbumUserV1 {
  /** Id of the album. */
  albumId: string;
  /** Id of the user. */
  userId: string;
  /** The user's role; servers before 3.0.0 never send `owner`. */
  role: "editor" | "owner" | "viewer";
}

/** A user who was removed from an album. */
export interface SyncAlbumUserDeleteV1 {
  /** Id of the album. */
  albumId: string;
  /** Id of the user. */
  userId: string;
}

/** An asset in an album. This row may arrive before the asset or the album. */
export interface SyncAlbumToAssetV1 {
  /** Id of the album. */
  albumId: string;
  /** Id of the asset. */
  assetId: string;
}

/** An asset that was removed from an album. */
export interface SyncAlbumToAssetDeleteV1 {
  /** Id of the album. */
  albumId: string;
  /** Id of the asset. */
  assetId: string;
}
