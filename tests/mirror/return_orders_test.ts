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

/** Partner p resumes sharing after deleting asset 2 and stack s. */
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
    name:
      "assets deleted by a partner are removed once the partner shares again",
    syncs: [PARTNER, then(...LEAVES, ...RETURNS), NOTHING],
    left: RETURNED,
  },
  {
    name:
      "a returning partner's deleted assets are removed even within the first sync",
    syncs: [then(...PARTNER.events, ...LEAVES, ...RETURNS), NOTHING],
    left: RETURNED,
  },
  {
    name:
      "a returning partner's deleted assets are removed even if the previous sync fails",
    syncs: [PARTNER, interrupted(...LEAVES), then(...RETURNS), NOTHING],
    left: RETURNED,
  },
  {
    name:
      "a returning partner's deleted assets are removed even if the sync is interrupted",
    syncs: [
      PARTNER,
      interrupted(...LEAVES, ...RETURNS.slice(0, 2)),
      then(...RETURNS.slice(2)),
      NOTHING,
    ],
    left: RETURNED,
  },
  {
    name:
      "a returning partner's deleted assets are removed even if the share arrives later",
    syncs: [
      PARTNER,
      then(...LEAVES, ...RETURNS.slice(1)),
      then(...RETURNS.slice(0, 1)),
      NOTHING,
    ],
    left: RETURNED,
  },
  {
    name:
      "a returning partner's deleted assets are removed even if a stack arrives first",
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
    name:
      "a returning partner's deleted assets are removed even if the share arrives twice",
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
    name:
      "all of a returning partner's assets are removed if none of them arrives again",
    syncs: [PARTNER, then(...LEAVES, ...RETURNS.slice(0, 1)), NOTHING],
    left: { partners: ["p/me"], assets: [], exif: [], stacks: [] },
  },
  {
    name:
      "a returning partner's asset stays even if only its EXIF data arrives again",
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
    name: "a returning partner's asset stays even if it arrives one sync late",
    syncs: [
      PARTNER,
      then(...LEAVES, ...RETURNS),
      then(some("PartnerAssetV2", asset("2", "p"))),
      NOTHING,
    ],
    left: { ...RETURNED, assets: ["1", "2"], exif: ["1", "2"] },
  },
  {
    name:
      "an asset stays if a returning partner does not share it but an album has it",
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
    name:
      "an asset that left an album is removed if a late-arriving share omits it",
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
    name:
      "a returning partner's assets stay if the sync does not request partner assets",
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
      "a returning partner's assets stay if an earlier sync did not request partners",
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
    name:
      "a returning partner's deleted assets are removed after a full sync with partners",
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
