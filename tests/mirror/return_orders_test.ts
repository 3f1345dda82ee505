/** Shares that begin again: what their owner deleted meanwhile goes, and nothing else. */
import {
  ALBUM,
  asset,
  by,
  inAlbum,
  NOTHING,
  ofAsset,
  type OrderedSync,
  PARTNER,
  some,
  testOrders,
  then,
} from "./orders.ts";

const LEAVES = [
  some("PartnerDeleteV1", by("p")),
  some("PartnerAssetDeleteV1", ofAsset("of another partner")),
];

/** Partner p shares again; asset 2 and stack s were deleted meanwhile. */
const RETURNS = [
  some("PartnerV1", by("p")),
  some("PartnerAssetBackfillV2", asset("1", "p")),
  some("PartnerAssetExifBackfillV1", ofAsset("1")),
];

const RETURNED = {
  partners: ["p/me"],
  assets: ["1"],
  exif: ["1"],
  stacks: [],
};

function interrupted(...events: OrderedSync["events"]): OrderedSync {
  return { events, isInterrupted: true };
}

testOrders([
  {
    name: "a partner returns in the sync in which they left",
    syncs: [PARTNER, then(...LEAVES, ...RETURNS), NOTHING],
    left: RETURNED,
  },
  {
    name: "a partner leaves and returns in the sync that brought their rows",
    syncs: [then(...PARTNER.events, ...LEAVES, ...RETURNS), NOTHING],
    left: RETURNED,
  },
  {
    name: "a partner returns after a sync that was interrupted when they left",
    syncs: [PARTNER, interrupted(...LEAVES), then(...RETURNS), NOTHING],
    left: RETURNED,
  },
  {
    name: "a partner returns, and the sync is interrupted in their rows",
    syncs: [
      PARTNER,
      interrupted(...LEAVES, ...RETURNS.slice(0, 2)),
      then(...RETURNS.slice(2)),
      NOTHING,
    ],
    left: RETURNED,
  },
  {
    name: "a partner returns, and their rows come a sync before their share",
    syncs: [
      PARTNER,
      then(...LEAVES, ...RETURNS.slice(1)),
      then(...RETURNS.slice(0, 1)),
      NOTHING,
    ],
    left: RETURNED,
  },
  {
    name: "a partner returns, and a stack comes a sync before their share",
    syncs: [
      PARTNER,
      then(...LEAVES, some("PartnerStackV1", { id: "t", ownerId: "p" })),
      then(...RETURNS),
      NOTHING,
    ],
    left: { ...RETURNED, stacks: ["t"] },
  },
  {
    name: "a partner returns, and so far only a stack of theirs has come",
    syncs: [
      PARTNER,
      then(...LEAVES, some("PartnerStackV1", { id: "t", ownerId: "p" })),
      NOTHING,
    ],
    left: { partners: [], assets: ["1", "2"], stacks: ["s", "t"] },
  },
  {
    name: "a partner returns, and their share changes before it comes",
    syncs: [
      PARTNER,
      then(...LEAVES, some("PartnerStackV1", { id: "t", ownerId: "p" })),
      then(...RETURNS.slice(1)),
      then(...RETURNS.slice(0, 1)),
      then(...RETURNS.slice(0, 1)),
      NOTHING,
    ],
    left: { ...RETURNED, stacks: ["t"] },
  },
  {
    name: "a partner returns without anything that they shared before",
    syncs: [PARTNER, then(...LEAVES, ...RETURNS.slice(0, 1)), NOTHING],
    left: { partners: ["p/me"], assets: [], exif: [], stacks: [] },
  },
  {
    name: "a partner returns, and of an asset only the EXIF data comes",
    syncs: [
      PARTNER,
      then(
        ...LEAVES,
        ...RETURNS,
        some("PartnerAssetExifBackfillV1", ofAsset("2")),
      ),
      NOTHING,
      NOTHING,
    ],
    left: { ...RETURNED, assets: ["1", "2"], exif: ["1", "2"] },
  },
  {
    name: "a partner returns, and an asset comes that changed meanwhile",
    syncs: [
      PARTNER,
      then(...LEAVES, ...RETURNS),
      then(some("PartnerAssetV2", asset("2", "p"))),
      NOTHING,
    ],
    left: { ...RETURNED, assets: ["1", "2"], exif: ["1", "2"] },
  },
  {
    name: "a partner returns, and an album shows what they no longer share",
    syncs: [
      PARTNER,
      then(some("AlbumToAssetV1", inAlbum("a", "2"))),
      then(...LEAVES, ...RETURNS),
      NOTHING,
    ],
    left: { ...RETURNED, assets: ["1", "2"], exif: ["1", "2"] },
  },
  {
    name:
      "an asset leaves an album and is deleted, and its owner starts to share",
    syncs: [
      ALBUM,
      then(
        some("PartnerV1", by("z")),
        some("PartnerAssetV2", asset("2", "z")),
        some("AlbumToAssetDeleteV1", inAlbum("a", "1")),
      ),
      NOTHING,
    ],
    left: { partners: ["z/me"], assets: ["2"], exif: [] },
  },
  {
    name: "an asset leaves an album, and its owner starts to share it",
    syncs: [
      ALBUM,
      then(
        some("PartnerV1", by("z")),
        some("PartnerAssetV2", asset("1", "z")),
        some("AlbumToAssetDeleteV1", inAlbum("a", "1")),
      ),
      NOTHING,
    ],
    left: { partners: ["z/me"], assets: ["1"], exif: ["1"] },
  },
  {
    name:
      "an asset leaves an album, and its owner's rows come before the share",
    syncs: [
      ALBUM,
      then(
        some("PartnerAssetV2", asset("2", "z")),
        some("AlbumToAssetDeleteV1", inAlbum("a", "1")),
      ),
      then(some("PartnerV1", by("z"))),
      NOTHING,
    ],
    left: { partners: ["z/me"], assets: ["2"], exif: [] },
  },
  {
    name: "an asset leaves an album while the share of its owner changes",
    syncs: [
      then(some("PartnerV1", by("z")), ...ALBUM.events),
      then(
        some("PartnerV1", by("z")),
        some("AlbumToAssetDeleteV1", inAlbum("a", "1")),
      ),
      NOTHING,
    ],
    left: { partners: ["z/me"], assets: ["1"], exif: ["1"] },
  },
  {
    name: "an asset stays in an album when its owner starts to share",
    syncs: [
      ALBUM,
      then(some("PartnerV1", by("z")), some("PartnerAssetV2", asset("2", "z"))),
      NOTHING,
    ],
    left: { partners: ["z/me"], assets: ["1", "2"], exif: ["1"] },
  },
  {
    name: "a partner returns in a sync that does not ask for their rows",
    syncs: [
      PARTNER,
      {
        ...then(...LEAVES.slice(0, 1), ...RETURNS.slice(0, 1)),
        types: ["PartnersV1", "AlbumToAssetsV1"],
      },
      { ...NOTHING, types: ["PartnersV1", "AlbumToAssetsV1"] },
    ],
    left: { partners: ["p/me"], assets: ["1", "2"], stacks: ["s"] },
  },
  {
    name:
      "a partner's rows come again in a sync that does not ask for partners",
    syncs: [
      PARTNER,
      {
        ...then(some("PartnerAssetBackfillV2", asset("1", "p"))),
        types: ["PartnerAssetsV2"],
      },
      then(...LEAVES, ...RETURNS.slice(0, 1)),
      NOTHING,
    ],
    left: { partners: ["p/me"], assets: ["1", "2"], stacks: ["s"] },
  },
  {
    name: "a full sync makes up for one that did not ask for partners",
    syncs: [
      PARTNER,
      { ...NOTHING, types: ["PartnerAssetsV2"] },
      { ...PARTNER, isFull: true },
      then(...LEAVES, ...RETURNS),
      NOTHING,
    ],
    left: RETURNED,
  },
]);
