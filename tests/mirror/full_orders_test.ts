/** What a full sync removes, and syncs that are interrupted. */
import {
  ALBUM,
  asset,
  by,
  inAlbum,
  ME,
  NOTHING,
  type OrderedSync,
  PARTNER,
  some,
  testOrders,
  then,
} from "./orders.ts";

function full(...events: OrderedSync["events"]): OrderedSync {
  return { events, isFull: true };
}

/** A full sync of a library that never rests. */
function busyFull(...events: OrderedSync["events"]): OrderedSync {
  return { ...full(...events), isBusy: true };
}

const OWN = then(
  some("AssetV2", asset("1", ME), asset("2", ME), asset("3", ME)),
);

testOrders([
  {
    name: "a row that a full sync does not bring is deleted",
    syncs: [OWN, full(some("AssetV2", asset("1", ME)))],
    left: { assets: ["1"] },
  },
  {
    name: "a row missing from a full sync stays if the library never rests",
    syncs: [OWN, busyFull(some("AssetV2", asset("1", ME)))],
    left: { assets: ["1", "2", "3"] },
  },
  {
    name: "a full sync of a library that never rests ends with the next run",
    syncs: [
      OWN,
      busyFull(some("AssetV2", asset("1", ME))),
      { ...then(some("AssetV2", asset("2", ME))), isBusy: true },
    ],
    left: { assets: ["1", "2"] },
  },
  {
    name: "two full syncs do not bring a row, as the library never rests",
    syncs: [
      OWN,
      busyFull(some("AssetV2", asset("1", ME))),
      busyFull(some("AssetV2", asset("2", ME))),
    ],
    left: { assets: ["1", "2"] },
  },
  {
    name:
      "each full sync on a library that never rests counts with the one before",
    syncs: [
      OWN,
      busyFull(some("AssetV2", asset("1", ME))),
      busyFull(some("AssetV2", asset("2", ME))),
      busyFull(),
    ],
    left: { assets: ["2"] },
  },
  {
    name: "a full sync that is interrupted does not count as one of two",
    syncs: [
      OWN,
      { ...busyFull(some("AssetV2", asset("1", ME))), isInterrupted: true },
      busyFull(some("AssetV2", asset("2", ME))),
    ],
    left: { assets: ["1", "2", "3"] },
  },
  {
    name: "a full sync that asked for other types does not count as one of two",
    syncs: [
      OWN,
      { ...busyFull(), types: ["AssetExifsV1"] },
      busyFull(some("AssetV2", asset("1", ME))),
    ],
    left: { assets: ["1", "2", "3"] },
  },
  {
    name: "a full sync after one that ended does not count with the one before",
    syncs: [
      OWN,
      busyFull(some("AssetV2", asset("1", ME), asset("2", ME))),
      then(some("AssetV2", asset("3", ME))),
      busyFull(some("AssetV2", asset("1", ME))),
    ],
    left: { assets: ["1", "2", "3"] },
  },
  {
    name: "an interrupted full sync continues with the next run",
    syncs: [
      OWN,
      { ...full(some("AssetV2", asset("1", ME))), isInterrupted: true },
      then(some("AssetV2", asset("2", ME))),
    ],
    left: { assets: ["1", "2"] },
  },
  {
    name: "a full sync after an interrupted one keeps only its own rows",
    syncs: [
      OWN,
      { ...full(some("AssetV2", asset("1", ME))), isInterrupted: true },
      full(some("AssetV2", asset("2", ME))),
    ],
    left: { assets: ["2"] },
  },
  {
    name: "children stay if a full sync brings them without their parents",
    syncs: [
      ALBUM,
      full(
        some("AlbumToAssetV1", inAlbum("a", "1")),
        some("AlbumAssetExifCreateV1", { assetId: "1" }),
      ),
    ],
    left: { albums: [], assets: [], album_assets: ["a/1"], exif: ["1"] },
  },
  {
    name: "a partner's assets stay if a full sync brings them without a share",
    syncs: [
      PARTNER,
      full(
        some("PartnerAssetV2", asset("1", "p")),
        some("AlbumToAssetDeleteV1", inAlbum("a", "1")),
      ),
      NOTHING,
      NOTHING,
    ],
    left: { partners: [], assets: ["1"] },
  },
  {
    name: "an asset of a former partner stays only while an album shows it",
    syncs: [
      PARTNER,
      full(),
      then(
        some("AlbumAssetCreateV2", asset("1", "p")),
        some("AlbumToAssetV1", inAlbum("a", "1")),
      ),
      then(some("AlbumDeleteV1", { albumId: "a" })),
    ],
    left: { partners: [], assets: [] },
  },
  {
    name: "a share stays if a full sync repeats an old delete before it",
    syncs: [
      PARTNER,
      full(
        some("PartnerDeleteV1", by("p")),
        some("PartnerV1", by("p")),
        some("PartnerAssetV2", asset("1", "p")),
      ),
    ],
    left: { partners: ["p/me"], assets: ["1"] },
  },
  {
    name: "an asset that waits for its album after an interruption stays",
    syncs: [
      {
        ...then(some("AlbumAssetCreateV2", asset("1", "z"))),
        isInterrupted: true,
      },
      then(some("AlbumDeleteV1", { albumId: "b" })),
    ],
    left: { assets: ["1"] },
  },
  {
    name: "an asset whose album never comes after an interruption is removed",
    syncs: [
      {
        ...then(some("AlbumAssetCreateV2", asset("1", "z"))),
        isInterrupted: true,
      },
      then(some("AlbumDeleteV1", { albumId: "b" })),
      NOTHING,
    ],
    left: { assets: [] },
  },
]);
