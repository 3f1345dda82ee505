/** Rows removed by full syncs, and interrupted syncs. */
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

/** Returns a full sync of a library that never stops changing. */
function busyFull(...events: OrderedSync["events"]): OrderedSync {
  return { ...full(...events), isBusy: true };
}

const OWN = then(
  some("AssetV2", asset("1", ME), asset("2", ME), asset("3", ME)),
);

testOrders([
  {
    name: "a row missing from a full sync is deleted",
    syncs: [OWN, full(some("AssetV2", asset("1", ME)))],
    left: { assets: ["1"] },
  },
  {
    name:
      "a row missing from a full sync stays if the library never stops changing",
    syncs: [OWN, busyFull(some("AssetV2", asset("1", ME)))],
    left: { assets: ["1", "2", "3"] },
  },
  {
    name:
      "a full sync of a library that never stops changing ends in the next run",
    syncs: [
      OWN,
      busyFull(some("AssetV2", asset("1", ME))),
      { ...then(some("AssetV2", asset("2", ME))), isBusy: true },
    ],
    left: { assets: ["1", "2"] },
  },
  {
    name: "a row missing from two consecutive full syncs is deleted",
    syncs: [
      OWN,
      busyFull(some("AssetV2", asset("1", ME))),
      busyFull(some("AssetV2", asset("2", ME))),
    ],
    left: { assets: ["1", "2"] },
  },
  {
    name:
      "only rows sent in the last two full syncs stay if a library keeps changing",
    syncs: [
      OWN,
      busyFull(some("AssetV2", asset("1", ME))),
      busyFull(some("AssetV2", asset("2", ME))),
      busyFull(),
    ],
    left: { assets: ["2"] },
  },
  {
    name: "an interrupted full sync does not count toward deleting a row",
    syncs: [
      OWN,
      { ...busyFull(some("AssetV2", asset("1", ME))), isInterrupted: true },
      busyFull(some("AssetV2", asset("2", ME))),
    ],
    left: { assets: ["1", "2", "3"] },
  },
  {
    name:
      "a full sync of other request types does not count toward deleting a row",
    syncs: [
      OWN,
      { ...busyFull(), types: ["AssetExifsV1"] },
      busyFull(some("AssetV2", asset("1", ME))),
    ],
    left: { assets: ["1", "2", "3"] },
  },
  {
    name:
      "a row that arrives between two full syncs stays even if both omit it",
    syncs: [
      OWN,
      busyFull(some("AssetV2", asset("1", ME), asset("2", ME))),
      then(some("AssetV2", asset("3", ME))),
      busyFull(some("AssetV2", asset("1", ME))),
    ],
    left: { assets: ["1", "2", "3"] },
  },
  {
    name: "an interrupted full sync continues in the next run",
    syncs: [
      OWN,
      { ...full(some("AssetV2", asset("1", ME))), isInterrupted: true },
      then(some("AssetV2", asset("2", ME))),
    ],
    left: { assets: ["1", "2"] },
  },
  {
    name:
      "a full sync keeps only its own rows even if it follows an interrupted full sync",
    syncs: [
      OWN,
      { ...full(some("AssetV2", asset("1", ME))), isInterrupted: true },
      full(some("AssetV2", asset("2", ME))),
    ],
    left: { assets: ["2"] },
  },
  {
    name:
      "album assets and EXIF data stay if a full sync sends them without their parents",
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
    name:
      "a partner's assets stay if a full sync sends them without the partner share",
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
    name: "a former partner's asset is removed once no album has it",
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
    name:
      "a partner share stays if a full sync repeats an old delete before the share",
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
    name:
      "an asset without its album stays in the first sync after an interruption",
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
    name:
      "an asset without its album is removed in the second sync after an interruption",
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
