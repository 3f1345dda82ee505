/** Partners who leave and return, and users who are deleted. */
import {
  asset,
  by,
  inAlbum,
  ME,
  NOTHING,
  PARTNER,
  some,
  testOrders,
  then,
} from "./orders.ts";

testOrders([
  {
    name: "a partner leaves",
    syncs: [PARTNER, then(some("PartnerDeleteV1", by("p")))],
    left: { partners: [], assets: [], exif: [], stacks: [] },
  },
  {
    name: "a partner leaves, and an album still shows one of their assets",
    syncs: [
      PARTNER,
      then(some("AlbumToAssetV1", inAlbum("a", "1"))),
      then(some("PartnerDeleteV1", by("p"))),
    ],
    left: { partners: [], assets: ["1"], exif: ["1"], stacks: [] },
  },
  {
    name: "a partner leaves, and the album that showed an asset is lost later",
    syncs: [
      PARTNER,
      then(some("AlbumToAssetV1", inAlbum("a", "1"))),
      then(some("PartnerDeleteV1", by("p"))),
      then(some("AlbumDeleteV1", { albumId: "a" })),
    ],
    left: { assets: [], exif: [], album_assets: [] },
  },
  {
    name:
      "a partner leaves and returns, and their share comes three syncs late",
    syncs: [
      PARTNER,
      then(
        some("PartnerDeleteV1", by("p")),
        some("PartnerAssetBackfillV2", asset("1", "p")),
      ),
      NOTHING,
      NOTHING,
      then(some("PartnerV1", by("p"))),
    ],
    left: {
      partners: ["p/me"],
      assets: ["1", "2"],
      exif: ["1", "2"],
      stacks: ["s"],
    },
  },
  {
    name: "a partner leaves and returns, and their rows change meanwhile",
    syncs: [
      PARTNER,
      then(some("PartnerDeleteV1", by("p")), some("PartnerV1", by("p"))),
    ],
    left: { partners: ["p/me"], assets: ["1", "2"], stacks: ["s"] },
  },
  {
    name: "a partner leaves in the sync that brought their rows",
    syncs: [
      { ...PARTNER, isInterrupted: true },
      then(some("PartnerDeleteV1", by("p"))),
    ],
    left: { partners: [], assets: ["1", "2"], stacks: ["s"] },
  },
  {
    name:
      "a partner left in the sync that brought their rows, and another one ends",
    syncs: [
      { ...PARTNER, isInterrupted: true },
      then(some("PartnerDeleteV1", by("p"))),
      NOTHING,
    ],
    left: { partners: [], assets: [], exif: [], stacks: [] },
  },
  {
    name: "a partner leaves, returns and leaves",
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
    name: "a partner's asset leaves an album before their share came",
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
    name: "the user ends a share of their own",
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
    name: "a partner is deleted, and an own album showed one of their assets",
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
