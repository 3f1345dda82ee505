/**
 * Rows that arrive before their parent, and rows that are removed with a
 * deleted album, asset or memory.
 */
import {
  ALBUM,
  asset,
  inAlbum,
  ME,
  NOTHING,
  ofAsset,
  some,
  testOrders,
  then,
} from "./orders.ts";

testOrders([
  {
    name:
      "an album's assets and users stay if they arrive one sync before the album",
    syncs: [
      then(
        some("AlbumUserV1", { albumId: "a", userId: ME, role: "owner" }),
        some("AlbumToAssetV1", inAlbum("a", "1")),
      ),
      then(some("AlbumV2", { id: "a" })),
    ],
    left: { albums: ["a"], album_users: ["a/me"], album_assets: ["a/1"] },
  },
  {
    name: "a memory's assets stay if they arrive one sync before the memory",
    syncs: [
      then(some("MemoryToAssetV1", { memoryId: "m", assetId: "1" })),
      then(some("MemoryV1", { id: "m" })),
    ],
    left: { memories: ["m"], memory_assets: ["m/1"] },
  },
  {
    name: "EXIF data stays if it arrives three syncs before its asset",
    syncs: [
      then(some("AssetExifV1", ofAsset("1"))),
      NOTHING,
      NOTHING,
      then(some("AssetV2", asset("1", ME))),
    ],
    left: { assets: ["1"], exif: ["1"] },
  },
  {
    name:
      "an asset is removed if its album is lost before the album has arrived",
    syncs: [
      then(
        some("AlbumAssetCreateV2", asset("1", "z")),
        some("AlbumAssetExifCreateV1", ofAsset("1")),
      ),
      then(some("AlbumDeleteV1", { albumId: "a" })),
    ],
    left: { assets: [], exif: [] },
  },
  {
    name:
      "an asset that arrives before its album stays if no album is lost meanwhile",
    syncs: [
      then(some("AlbumAssetCreateV2", asset("1", "z"))),
      then(some("AssetV2", asset("2", ME))),
      NOTHING,
    ],
    left: { assets: ["1", "2"] },
  },
  {
    name: "assets stay if their album is lost and shared again in one sync",
    syncs: [
      ALBUM,
      then(
        some("AlbumAssetBackfillV2", asset("1", "z")),
        some("AlbumDeleteV1", { albumId: "a" }),
        some("AlbumV2", { id: "a" }),
        some("AlbumToAssetBackfillV1", inAlbum("a", "1")),
      ),
    ],
    left: { assets: ["1"], exif: ["1"], albums: ["a"], album_assets: ["a/1"] },
  },
  {
    name:
      "an asset stays if its lost album lists the asset again one sync later",
    syncs: [
      ALBUM,
      then(
        some("AlbumAssetBackfillV2", asset("1", "z")),
        some("AlbumDeleteV1", { albumId: "a" }),
      ),
      then(some("AlbumToAssetBackfillV1", inAlbum("a", "1"))),
      NOTHING,
    ],
    left: { assets: ["1"], exif: ["1"], album_assets: ["a/1"] },
  },
  {
    name: "an asset in two albums stays if only one album is lost",
    syncs: [
      ALBUM,
      then(some("AlbumToAssetV1", inAlbum("b", "1"))),
      then(some("AlbumDeleteV1", { albumId: "a" })),
      NOTHING,
    ],
    left: { assets: ["1"], exif: ["1"], album_assets: ["b/1"] },
  },
  {
    name: "an asset in two albums is removed once both albums are lost",
    syncs: [
      ALBUM,
      then(some("AlbumToAssetV1", inAlbum("b", "1"))),
      then(some("AlbumDeleteV1", { albumId: "a" })),
      then(some("AlbumDeleteV1", { albumId: "b" })),
    ],
    left: { assets: [], exif: [], album_assets: [] },
  },
  {
    name: "an asset stays if it is removed from its album and added again",
    syncs: [
      ALBUM,
      then(
        some("AlbumToAssetDeleteV1", inAlbum("a", "1")),
        some("AlbumToAssetV1", inAlbum("a", "1")),
      ),
    ],
    left: { assets: ["1"], exif: ["1"], album_assets: ["a/1"] },
  },
  {
    name:
      "losing any album removes an asset that left its album and was sent again",
    syncs: [
      ALBUM,
      then(
        some("AlbumToAssetDeleteV1", inAlbum("a", "1")),
        some("AlbumAssetCreateV2", asset("1", "z")),
      ),
      then(some("AlbumDeleteV1", { albumId: "b" })),
    ],
    left: { assets: [], exif: [], album_assets: [] },
  },
  {
    name:
      "an asset that is removed from its album stays if its EXIF data arrives",
    syncs: [
      ALBUM,
      then(
        some("AlbumToAssetDeleteV1", inAlbum("a", "1")),
        some("AssetExifV1", ofAsset("1")),
      ),
    ],
    left: { assets: ["1"], exif: ["1"] },
  },
  {
    name:
      "EXIF data stays if its asset leaves an album before the asset itself arrives",
    syncs: [
      then(
        some("AssetExifV1", ofAsset("1")),
        some("AlbumToAssetV1", inAlbum("a", "1")),
      ),
      then(some("AlbumToAssetDeleteV1", inAlbum("a", "1"))),
      NOTHING,
      then(some("AssetV2", asset("1", ME))),
    ],
    left: { assets: ["1"], exif: ["1"], album_assets: [] },
  },
  {
    name: "a user's own assets stay if their album is deleted",
    syncs: [
      then(
        some("AssetV2", asset("1", ME)),
        some("AlbumV2", { id: "a" }),
        some("AlbumToAssetV1", inAlbum("a", "1")),
      ),
      then(some("AlbumDeleteV1", { albumId: "a" })),
    ],
    left: { assets: ["1"], albums: [], album_assets: [] },
  },
  {
    name: "all rows belonging to an asset are removed if the asset is deleted",
    syncs: [
      then(
        some("AssetV2", asset("1", ME)),
        some("AssetExifV1", ofAsset("1")),
        some("AssetFaceV2", { id: "f", assetId: "1" }),
        some("AssetOcrV1", { id: "o", assetId: "1" }),
        some("AssetEditV1", { id: "e", assetId: "1" }),
        some("AssetMetadataV1", { assetId: "1", key: "k", value: {} }),
        some("AlbumToAssetV1", inAlbum("a", "1")),
        some("MemoryToAssetV1", { memoryId: "m", assetId: "1" }),
      ),
      then(some("AssetDeleteV1", { assetId: "1" })),
    ],
    left: {
      assets: [],
      exif: [],
      faces: [],
      asset_ocr: [],
      asset_edits: [],
      asset_metadata: [],
      album_assets: [],
      memory_assets: [],
    },
  },
  {
    name: "a memory's contents are removed if the memory is deleted",
    syncs: [
      then(
        some("MemoryV1", { id: "m" }),
        some("MemoryToAssetV1", { memoryId: "m", assetId: "1" }),
      ),
      then(some("MemoryDeleteV1", { memoryId: "m" })),
    ],
    left: { memories: [], memory_assets: [] },
  },
]);
