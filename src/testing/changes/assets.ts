/**
 * Changes to assets.
 *
 * @module
 */
import type { SyncAssetExifV1, SyncAssetV2 } from "../../protocol/mod.ts";
import type { Store } from "../store.ts";
import { type Actor, change, find } from "./actor.ts";
import { removeFromAlbum } from "./albums.ts";
import { removeFromMemory } from "./memories.ts";
import { deleteFace } from "./people.ts";
import { deleteStack } from "./stacks.ts";

/** SHA-1 of an empty file, in base64. */
const EMPTY_CHECKSUM = "2jmj7l5rSw0yVb/vlWAYkK/YBwk=";

/** Adds an asset. */
export function addAsset(
  { store, userId }: Actor,
  asset: Partial<SyncAssetV2>,
): SyncAssetV2 {
  const time = store.time();
  const id = asset.id ?? crypto.randomUUID();
  store.put("exifs", { ...noExif(id), dateTimeOriginal: time });
  return store.put("assets", {
    id,
    ownerId: userId,
    originalFileName: "IMG_0001.JPG",
    fileCreatedAt: time,
    fileModifiedAt: time,
    createdAt: time,
    localDateTime: time,
    type: "IMAGE",
    deletedAt: null,
    isFavorite: false,
    visibility: "timeline",
    duration: null,
    livePhotoVideoId: null,
    stackId: null,
    libraryId: null,
    width: 640,
    height: 480,
    isEdited: false,
    checksum: EMPTY_CHECKSUM,
    thumbhash: null,
    ...asset,
  });
}

/** Permanently deletes an asset and everything that belongs to it. */
export function deleteAsset({ store }: Actor, id: string): void {
  const asset = find(store, "assets", id);
  leaveStack(store, asset);
  for (const { albumId } of store.where("albumAssets", { assetId: id })) {
    removeFromAlbum(store, albumId, [id]);
  }
  for (const { memoryId } of store.where("memoryAssets", { assetId: id })) {
    removeFromMemory(store, memoryId, [id]);
  }
  for (const photo of store.where("assets", { livePhotoVideoId: id })) {
    change(store, "assets", photo.id, { livePhotoVideoId: null });
  }
  for (const face of store.where("faces", { assetId: id })) {
    deleteFace(store, face.id);
  }
  const size = store.find("exifs", id)?.data.fileSizeInByte ?? 0;
  for (const table of ["ocr", "edits", "assetMetadata", "exifs"] as const) {
    store.drop(table, store.where(table, { assetId: id }));
  }
  store.drop("assets", [asset]);
  const { ownerId: userId } = asset;
  store.audit("AssetDeleteV1", { assetId: id }, { userId });
  reduceUsage(store, userId, size);
}

/** Subtracts a deleted asset's size from the owner's quota usage. */
function reduceUsage(store: Store, userId: string, bytes: number): void {
  const usage = store.find("users", userId)?.data.quotaUsageInBytes;
  if (usage === undefined || bytes === 0) return;
  change(store, "users", userId, {
    quotaUsageInBytes: Math.max(0, usage - bytes),
  });
}

/** Chooses a new primary asset for a stack, or deletes the stack if only one asset is left. */
function leaveStack(store: Store, { id, stackId }: SyncAssetV2): void {
  if (stackId === null) return;
  const stack = store.find("stacks", stackId)?.data;
  if (stack?.primaryAssetId !== id) return;
  const others = store.where("assets", { stackId })
    .filter((asset) => asset.id !== id);
  if (others.length < 2) deleteStack(store, stackId);
  else change(store, "stacks", stackId, { primaryAssetId: others[0]!.id });
}

function noExif(assetId: string): SyncAssetExifV1 {
  return {
    assetId,
    description: "",
    exifImageWidth: 640,
    exifImageHeight: 480,
    fileSizeInByte: 0,
    orientation: null,
    dateTimeOriginal: null,
    modifyDate: null,
    timeZone: null,
    latitude: null,
    longitude: null,
    projectionType: null,
    city: null,
    state: null,
    country: null,
    make: null,
    model: null,
    lensModel: null,
    fNumber: null,
    focalLength: null,
    iso: null,
    exposureTime: null,
    profileDescription: null,
    rating: null,
    fps: null,
  };
}
