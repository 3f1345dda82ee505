/** Partners who stop and resume sharing, and users who are deleted. */
import {
  asset,
  by,
  inAlbum,
  ME,
  NOTHING,
  ofAsset,
  PARTNER,
  some,
  testOrders,
  then,
} from "./orders.ts";

testOrders([
  {
    name:
      "a partner's assets, EXIF data and stacks are removed once sharing stops",
    syncs: [PARTNER, then(some("PartnerDeleteV1", by("p")))],
    left: { partners: [], assets: [], exif: [], stacks: [] },
  },
  {
    name:
      "faces in a former partner's assets stay because the cluster group shows them",
    syncs: [
      PARTNER,
      then(some("AssetFaceV3", { id: "f", assetId: "1", personId: "x" })),
      then(some("PartnerDeleteV1", by("p"))),
      then(some("AssetFaceV3", { id: "g", assetId: "2", personId: "x" })),
    ],
    left: { assets: [], exif: [], faces: ["f", "g"] },
  },
  {
    name:
      "the faces in a partner's asset are removed if the server deletes the asset",
    syncs: [
      PARTNER,
      then(some("AssetFaceV3", { id: "f", assetId: "1", personId: "x" })),
      then(some("PartnerAssetDeleteV1", ofAsset("1"))),
    ],
    left: { assets: ["2"], faces: [] },
  },
  {
    name: "an asset stays if its owner stops sharing but an album has it",
    syncs: [
      PARTNER,
      then(some("AlbumToAssetV1", inAlbum("a", "1"))),
      then(some("PartnerDeleteV1", by("p"))),
    ],
    left: { partners: [], assets: ["1"], exif: ["1"], stacks: [] },
  },
  {
    name:
      "a former partner's asset is removed once the last album containing it is lost",
    syncs: [
      PARTNER,
      then(some("AlbumToAssetV1", inAlbum("a", "1"))),
      then(some("PartnerDeleteV1", by("p"))),
      then(some("AlbumDeleteV1", { albumId: "a" })),
    ],
    left: { assets: [], exif: [], album_assets: [] },
  },
  {
    name: "assets stay if a returning partner's share arrives three syncs late",
    syncs: [
      PARTNER,
      then(
        some("PartnerDeleteV1", by("p")),
        some("PartnerAssetBackfillV2", asset("1", "p")),
      ),
      NOTHING,
      NOTHING,
      then(some("PartnerV1", by("p"))),
      NOTHING,
    ],
    left: { partners: ["p/me"], assets: ["1"], exif: ["1"], stacks: [] },
  },
  {
    name: "assets stay if a partner stops and resumes sharing within one sync",
    syncs: [
      PARTNER,
      then(some("PartnerDeleteV1", by("p")), some("PartnerV1", by("p"))),
    ],
    left: { partners: ["p/me"], assets: ["1", "2"], stacks: ["s"] },
  },
  {
    name:
      "a returning partner's rows stay if they arrive one sync after the share",
    syncs: [
      PARTNER,
      then(some("PartnerDeleteV1", by("p")), some("PartnerV1", by("p"))),
      then(
        some("PartnerAssetV2", asset("1", "p")),
        some("PartnerStackV1", { id: "s", ownerId: "p" }),
      ),
    ],
    left: {
      partners: ["p/me"],
      assets: ["1"],
      exif: ["1"],
      stacks: ["s"],
    },
  },
  {
    name:
      "assets from an interrupted sync stay if the next sync ends their partner share",
    syncs: [
      { ...PARTNER, isInterrupted: true },
      then(some("PartnerDeleteV1", by("p"))),
    ],
    left: { partners: [], assets: ["1", "2"], stacks: ["s"] },
  },
  {
    name:
      "assets from an interrupted sync are removed one sync after their share ended",
    syncs: [
      { ...PARTNER, isInterrupted: true },
      then(some("PartnerDeleteV1", by("p"))),
      NOTHING,
    ],
    left: { partners: [], assets: [], exif: [], stacks: [] },
  },
  {
    name:
      "a stack from an interrupted sync is removed one sync after its share ended",
    syncs: [
      {
        ...then(
          some("PartnerV1", by("p")),
          some("PartnerStackV1", { id: "s", ownerId: "p" }),
        ),
        isInterrupted: true,
      },
      then(some("PartnerDeleteV1", by("p"))),
      NOTHING,
    ],
    left: { partners: [], stacks: [] },
  },
  {
    name:
      "a partner's assets are removed if the partner stops sharing twice in a row",
    syncs: [
      PARTNER,
      then(
        some("PartnerDeleteV1", by("p")),
        some("PartnerAssetBackfillV2", asset("1", "p")),
      ),
      then(some("PartnerDeleteV1", by("p"))),
    ],
    left: { partners: [], assets: [], exif: [], stacks: [] },
  },
  {
    name:
      "an asset stays if it leaves an album before its partner share arrives",
    syncs: [
      then(
        some("PartnerAssetV2", asset("1", "p")),
        some("AlbumToAssetV1", inAlbum("a", "1")),
      ),
      then(some("AlbumToAssetDeleteV1", inAlbum("a", "1"))),
      NOTHING,
    ],
    left: { assets: ["1"] },
  },
  {
    name: "a user's own assets stay if the user stops sharing",
    syncs: [
      then(
        some("PartnerV1", { sharedById: ME, sharedWithId: "p" }),
        some("AssetV2", asset("1", ME)),
      ),
      then(some("PartnerDeleteV1", { sharedById: ME, sharedWithId: "p" })),
    ],
    left: { partners: [], assets: ["1"] },
  },
  {
    name:
      "a deleted partner's assets are removed even from the user's own albums",
    syncs: [
      PARTNER,
      then(
        some("UserV1", { id: "p" }),
        some("AlbumV2", { id: "mine" }),
        some("AlbumToAssetV1", inAlbum("mine", "1")),
        some("AlbumUserV1", { albumId: "mine", userId: "p", role: "editor" }),
      ),
      then(some("UserDeleteV1", { userId: "p" })),
    ],
    left: {
      users: [],
      partners: [],
      assets: [],
      exif: [],
      stacks: [],
      albums: ["mine"],
      album_users: [],
      album_assets: [],
    },
  },
]);
