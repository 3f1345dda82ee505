/**
 * Wire shapes of albums, their users and their contents.
 *
 * @module
 */

/** An album, as servers since 3.0.0 send it: its owner is a {@linkcode SyncAlbumUserV1}. */
export interface SyncAlbumV2 {
  /** Id of the album. */
  id: string;
  /** Name of the album. */
  name: string;
  /** Description of the album. */
  description: string;
  /** When it was made. */
  createdAt: string;
  /** When it was last changed. */
  updatedAt: string;
  /** Id of the asset on its cover. */
  thumbnailAssetId: string | null;
  /** Whether users may comment and like. */
  isActivityEnabled: boolean;
  /** Order of its assets by time. */
  order: "asc" | "desc";
}

/** An album, as servers up to 2.x send it: it names its owner. */
export interface SyncAlbumV1 extends SyncAlbumV2 {
  /** Id of the user who owns it. */
  ownerId: string;
}

/** An album that is gone, or no longer shared with this user. */
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
  /** What the user may do; `owner` since 3.0.0. */
  role: "editor" | "owner" | "viewer";
}

/** A user who lost an album. */
export interface SyncAlbumUserDeleteV1 {
  /** Id of the album. */
  albumId: string;
  /** Id of the user. */
  userId: string;
}

/** An asset in an album; may arrive before either of them does. */
export interface SyncAlbumToAssetV1 {
  /** Id of the album. */
  albumId: string;
  /** Id of the asset. */
  assetId: string;
}

/** An asset that was taken out of an album. */
export interface SyncAlbumToAssetDeleteV1 {
  /** Id of the album. */
  albumId: string;
  /** Id of the asset. */
  assetId: string;
}
