/**
 * Queries for the rows of each entity type.
 *
 * @module
 */
import type { SyncEntityType } from "../protocol/mod.ts";
import {
  toAlbumV2,
  toAssetV1,
  toAuthUserV2,
  toFaceV1,
  toUserV1,
} from "./shapes.ts";
import type { Tables } from "./tables.ts";
import type { Candidate, Share, View } from "./view.ts";

/**
 * Returns the rows that a user can see; `since` is the position of a checkpoint
 * on which these rows depend.
 */
type Query = (view: View, since: string) => Candidate[];

/** Queries for the rows of new shares. */
export interface Backfill {
  /** Returns the shares. */
  shares: (view: View) => Share[];
  /** Returns the rows of one share. */
  rows: (view: View, id: string) => Candidate[];
}

/** The queries for the upsert types. */
export const QUERIES: { readonly [E in SyncEntityType]?: Query } = {
  AuthUserV1: authUser,
  AuthUserV2: (view) => as(toAuthUserV2, authUser(view)),
  UserV1: (view) => as(toUserV1, view.rows("users", () => true)),
  PartnerV1: (view) =>
    view.rows(
      "partners",
      (row) => view.owns(row.sharedById) || view.owns(row.sharedWithId),
    ),
  AssetV1: (view) => as(toAssetV1, ownAssets(view)),
  AssetV2: ownAssets,
  StackV1: (view) => view.rows("stacks", ({ ownerId }) => view.owns(ownerId)),
  PartnerAssetV1: (view) => as(toAssetV1, partnerAssets(view)),
  PartnerAssetV2: partnerAssets,
  PartnerStackV1: (view) =>
    view.rows("stacks", ({ ownerId }) => view.hasPartner(ownerId)),
  AlbumAssetUpdateV1: (view, since) =>
    as(toAssetV1, view.changedAlbumAssets(since)),
  AlbumAssetUpdateV2: (view, since) => view.changedAlbumAssets(since),
  AlbumAssetCreateV1: (view) => as(toAssetV1, view.albumAssets()),
  AlbumAssetCreateV2: (view) => view.albumAssets(),
  AlbumV1: (view) => view.rows("albums", ({ id }) => view.seesAlbum(id)),
  AlbumV2: (view) =>
    as(toAlbumV2, view.rows("albums", ({ id }) => view.seesAlbum(id))),
  AlbumUserV1: (view) =>
    view.rows(
      "albumUsers",
      (row) => view.isAlbumUser(row) && view.seesAlbum(row.albumId),
    ),
  AlbumToAssetV1: (view) => view.albumContents(),
  AssetExifV1: (view) =>
    view.rows("exifs", ({ assetId }) => view.ownsAsset(assetId)),
  AlbumAssetExifUpdateV1: (view, since) => view.changedAlbumExifs(since),
  AlbumAssetExifCreateV1: (view) => view.albumExifs(),
  AssetOcrV1: (view) =>
    view.rows("ocr", ({ assetId }) => view.ownsAsset(assetId)),
  PartnerAssetExifV1: (view) =>
    view.rows(
      "exifs",
      ({ assetId }) => view.hasPartner(view.ownerOf("assets", assetId)),
    ),
  MemoryV1: (view) =>
    view.rows("memories", ({ ownerId }) => view.owns(ownerId)),
  MemoryToAssetV1: (view) =>
    view.rows("memoryAssets", ({ memoryId }) => view.ownsMemory(memoryId)),
  PersonV1: (view) => view.rows("people", ({ ownerId }) => view.owns(ownerId)),
  AssetFaceV1: (view) => as(toFaceV1, ownFaces(view)),
  AssetFaceV2: ownFaces,
  AssetFaceV3: ownFaces,
  UserMetadataV1: (view) =>
    view.rows("userMetadata", ({ userId }) => view.owns(userId)),
  AssetMetadataV1: (view) =>
    view.rows("assetMetadata", ({ assetId }) => view.ownsAsset(assetId)),
  AssetEditV1: (view) =>
    view.rows("edits", ({ assetId }) => view.ownsAsset(assetId)),
};

/** The queries for the backfill types. */
export const BACKFILLS: { readonly [E in SyncEntityType]?: Backfill } = {
  PartnerAssetBackfillV1: ofPartners((view, id) =>
    as(toAssetV1, view.assets(({ ownerId }) => ownerId === id))
  ),
  PartnerAssetBackfillV2: ofPartners((view, id) =>
    view.assets(({ ownerId }) => ownerId === id)
  ),
  PartnerAssetExifBackfillV1: ofPartners((view, id) =>
    view.rows("exifs", ({ assetId }) => view.ownerOf("assets", assetId) === id)
  ),
  PartnerStackBackfillV1: ofPartners((view, id) =>
    view.rows("stacks", ({ ownerId }) => ownerId === id)
  ),
  AlbumAssetBackfillV1: ofAlbums((view, id) =>
    as(toAssetV1, view.albumAssets(id))
  ),
  AlbumAssetBackfillV2: ofAlbums((view, id) => view.albumAssets(id)),
  AlbumAssetExifBackfillV1: ofAlbums((view, id) => view.albumExifs(id)),
  AlbumUserBackfillV1: ofAlbums((view, id) =>
    view.rows(
      "albumUsers",
      (row) => row.albumId === id && view.isAlbumUser(row),
    )
  ),
  AlbumToAssetBackfillV1: ofAlbums((view, id) => view.albumContents(id)),
};

function ofPartners(rows: Backfill["rows"]): Backfill {
  return { shares: (view) => view.partners(), rows };
}

function ofAlbums(rows: Backfill["rows"]): Backfill {
  return { shares: (view) => view.albums(), rows };
}

function authUser(view: View): Candidate<Tables["users"]>[] {
  return view.rows("users", ({ id }) => view.owns(id));
}

function ownAssets(view: View): Candidate<Tables["assets"]>[] {
  return view.assets(({ ownerId }) => view.owns(ownerId));
}

function partnerAssets(view: View): Candidate<Tables["assets"]>[] {
  return view.assets(({ ownerId }) => view.hasPartner(ownerId));
}

function ownFaces(view: View): Candidate<Tables["faces"]>[] {
  return view.rows("faces", ({ assetId }) => view.ownsAsset(assetId));
}

function as<T>(
  shape: (data: T) => object,
  rows: Candidate<T>[],
): Candidate[] {
  return rows.map(({ data, position }) => ({ data: shape(data), position }));
}
