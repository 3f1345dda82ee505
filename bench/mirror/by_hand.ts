/**
 * A hand-written loop that fills only the two measured tables. Its speed is the
 * upper limit.
 *
 * @module
 */
import type { SyncAssetExifV1, SyncAssetV2 } from "../../mod.ts";
import type { SqlValue } from "../../src/mirror/mod.ts";
import type { Batch } from "./rows.ts";

/** The INSERT statement for each type of row. */
export const INSERTS: Record<Batch["type"], string> = {
  AssetV2: `INSERT INTO assets VALUES (${Array(21).fill("?")})`,
  AssetExifV1: `INSERT INTO exif VALUES (${Array(26).fill("?")})`,
};

/** Calls a function with the values of each row. */
export function insertAll(
  batches: Iterable<Batch>,
  insert: (type: Batch["type"], values: SqlValue[]) => void,
): void {
  for (const batch of batches) {
    if (batch.type === "AssetV2") {
      for (const { data } of batch.events) insert("AssetV2", toAsset(data));
    } else {
      for (const { data } of batch.events) insert("AssetExifV1", toExif(data));
    }
  }
}

function toAsset(row: SyncAssetV2): SqlValue[] {
  return [
    row.id,
    row.ownerId,
    row.originalFileName,
    row.fileCreatedAt,
    row.fileModifiedAt,
    row.createdAt ?? null,
    row.localDateTime,
    row.type,
    row.deletedAt,
    row.isFavorite ? 1 : 0,
    row.visibility,
    row.duration,
    row.livePhotoVideoId,
    row.stackId,
    row.libraryId,
    row.width,
    row.height,
    row.isEdited ? 1 : 0,
    row.checksum,
    row.thumbhash,
    1,
  ];
}

function toExif(row: SyncAssetExifV1): SqlValue[] {
  return [
    row.assetId,
    row.description,
    row.exifImageWidth,
    row.exifImageHeight,
    row.fileSizeInByte,
    row.orientation,
    row.dateTimeOriginal,
    row.modifyDate,
    row.timeZone,
    row.latitude,
    row.longitude,
    row.projectionType,
    row.city,
    row.state,
    row.country,
    row.make,
    row.model,
    row.lensModel,
    row.fNumber,
    row.focalLength,
    row.iso,
    row.exposureTime,
    row.profileDescription,
    row.rating,
    row.fps,
    1,
  ];
}
