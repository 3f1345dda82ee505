/** Partners who return: only the rows that they deleted in the meantime are removed. */
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

/** Partner p resumes sharing, after deleting asset 2 and stack s. */
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
    name: "assets that a returning partner deleted are removed",
    syncs: [PARTNER, then(...LEAVES, ...RETURNS), NOTHING],
    left: RETURNED,
  },
  {
    name: "deleted assets are removed if the partner returns in the first sync",
    syncs: [then(...PARTNER.events, ...LEAVES, ...RETURNS), NOTHING],
    left: RETURNED,
  },
  {
    name:
      "deleted assets are removed if a sync is interrupted before the return",
    syncs: [PARTNER, interrupted(...LEAVES), then(...RETURNS), NOTHING],
    left: RETURNED,
  },
  {
    name:
      "deleted assets are removed if a sync is interrupted during the return",
    syncs: [
      PARTNER,
      interrupted(...LEAVES, ...RETURNS.slice(0, 2)),
      then(...RETURNS.slice(2)),
      NOTHING,
    ],
    left: RETURNED,
  },
  {
    name: "deleted assets are removed if other rows arrive before the share",
    syncs: [
      PARTNER,
      then(...LEAVES, ...RETURNS.slice(1)),
      then(...RETURNS.slice(0, 1)),
      NOTHING,
    ],
    left: RETURNED,
  },
  {
    name: "deleted assets are removed if a stack arrives before the share",
    syncs: [
      PARTNER,
      then(...LEAVES, some("PartnerStackV1", { id: "t", ownerId: "p" })),
      then(...RETURNS),
      NOTHING,
    ],
    left: { ...RETURNED, stacks: ["t"] },
  },
  {
    name: "a returning partner's assets stay while only a stack has arrived",
    syncs: [
      PARTNER,
      then(...LEAVES, some("PartnerStackV1", { id: "t", ownerId: "p" })),
      NOTHING,
    ],
    left: { partners: [], assets: ["1", "2"], stacks: ["s", "t"] },
  },
  {
    name: "deleted assets are removed if the share changes before it arrives",
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
    name: "all assets are removed if a returning partner shares none of them",
    syncs: [PARTNER, then(...LEAVES, ...RETURNS.slice(0, 1)), NOTHING],
    left: { partners: ["p/me"], assets: [], exif: [], stacks: [] },
  },
  {
    name: "a returning partner's asset stays if only its EXIF data arrives",
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
    name: "a returning partner's asset stays if it arrives a sync later",
    syncs: [
      PARTNER,
      then(...LEAVES, ...RETURNS),
      then(some("PartnerAssetV2", asset("2", "p"))),
      NOTHING,
    ],
    left: { ...RETURNED, assets: ["1", "2"], exif: ["1", "2"] },
  },
  {
    name: "an asset that a returning partner omits stays if an album shows it",
    syncs: [
      PARTNER,
      then(some("AlbumToAssetV1", inAlbum("a", "2"))),
      then(...LEAVES, ...RETURNS),
      NOTHING,
    ],
    left: { ...RETURNED, assets: ["1", "2"], exif: ["1", "2"] },
  },
  {
    name: "an asset that left an album is removed if a new share omits it",
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
    name: "an asset that left an album stays if a new share includes it",
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
    name: "an asset that left an album is removed if a late share omits it",
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
    name: "an asset that left an album stays if its owner's share changes",
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
    name: "an asset in an album stays if its owner's new share omits it",
    syncs: [
      ALBUM,
      then(some("PartnerV1", by("z")), some("PartnerAssetV2", asset("2", "z"))),
      NOTHING,
    ],
    left: { partners: ["z/me"], assets: ["1", "2"], exif: ["1"] },
  },
  {
    name: "a returning partner's assets stay if the sync does not request them",
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
    name: "a returning partner's assets stay after a sync without partners",
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
    name: "deleted assets are removed once a full sync includes the partners",
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
