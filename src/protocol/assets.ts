/**
 * The data of assets and their details, as servers send it.
 *
 * Field names and types match servers 2.5.6 and 3.1.0. Times are ISO 8601
 * strings in UTC with milliseconds; ids are UUIDs.
 *
 * @module
 */

/** A photo or a video, as servers have sent it since 3.0.0. */
export interface SyncAssetV2 {
  /** Id of the asset. */
  id: string;
  /** Id of the user who owns the asset. */
  ownerId: string;
  /** File name at the time of the upload, with extension. */
  originalFileName: string;
  /** When the photo or video was taken, in UTC. */
  fileCreatedAt: string | null;
  /** When the file was last modified, in UTC. */
  fileModifiedAt: string | null;
  /** When the server stored the asset; absent before 3.0.0. */
  createdAt?: string | null;
  /** Local time when the photo or video was taken, written as if it were UTC. */
  localDateTime: string | null;
  /** Type of the file. */
  type: "IMAGE" | "VIDEO" | "AUDIO" | "OTHER";
  /**
   * When the asset was moved to the trash, or `null`; soft deletes arrive as
   * upserts.
   */
  deletedAt: string | null;
  /** Whether the owner marked the asset as a favorite. */
  isFavorite: boolean;
  /** Where the asset is shown. */
  visibility: "archive" | "timeline" | "hidden" | "locked";
  /** Duration of a video in milliseconds; `null` for a photo. */
  duration: number | null;
  /** Id of the video that belongs to a live photo. */
  livePhotoVideoId: string | null;
  /** Id of the asset's stack, which may arrive later. */
  stackId: string | null;
  /** Id of the external library that contains the asset. */
  libraryId: string | null;
  /** Width in pixels. */
  width: number | null;
  /** Height in pixels. */
  height: number | null;
  /** Whether the asset has edits. */
  isEdited: boolean;
  /** SHA-1 of the original file, in base64. */
  checksum: string;
  /** ThumbHash of the preview, in base64. */
  thumbhash: string | null;
}

/** A photo or a video, as servers up to 2.x send it. */
export interface SyncAssetV1 extends Omit<SyncAssetV2, "duration"> {
  /** Duration of a video as `HH:MM:SS.mmm`; `null` for a photo. */
  duration: string | null;
}

/** An asset that was permanently deleted. */
export interface SyncAssetDeleteV1 {
  /** Id of the asset. */
  assetId: string;
}

/** EXIF data of an asset. */
export interface SyncAssetExifV1 {
  /** Id of the asset. */
  assetId: string;
  /** Description written by the owner. */
  description: string | null;
  /** Width of the original in pixels, before rotation. */
  exifImageWidth: number | null;
  /** Height of the original in pixels, before rotation. */
  exifImageHeight: number | null;
  /** Size of the original in bytes. */
  fileSizeInByte: number | null;
  /** EXIF orientation, `"1"` to `"8"`. */
  orientation: string | null;
  /** When the picture was taken, in UTC. */
  dateTimeOriginal: string | null;
  /** When the file was last modified, in UTC. */
  modifyDate: string | null;
  /** Time zone where the picture was taken, such as `UTC+2` or `Europe/Berlin`. */
  timeZone: string | null;
  /** Latitude in degrees. */
  latitude: number | null;
  /** Longitude in degrees. */
  longitude: number | null;
  /** Projection of a panorama, such as `EQUIRECTANGULAR`. */
  projectionType: string | null;
  /** City, derived from the coordinates. */
  city: string | null;
  /** State or province, derived from the coordinates. */
  state: string | null;
  /** Country, derived from the coordinates. */
  country: string | null;
  /** Camera manufacturer. */
  make: string | null;
  /** Camera model. */
  model: string | null;
  /** Lens model. */
  lensModel: string | null;
  /** Aperture as an f-number. */
  fNumber: number | null;
  /** Focal length in millimeters. */
  focalLength: number | null;
  /** ISO sensitivity. */
  iso: number | null;
  /** Exposure time in seconds, as a fraction such as `1/60`. */
  exposureTime: string | null;
  /** Name of the color profile. */
  profileDescription: string | null;
  /** Rating in stars, -1 to 5. */
  rating: number | null;
  /** Frames per second of a video. */
  fps: number | null;
}

/** One edit of a picture. Edits are applied in the order of `sequence`. */
export interface SyncAssetEditV1 {
  /** Id of the edit. */
  id: string;
  /** Id of the asset. */
  assetId: string;
  /** Position among the asset's edits, counting from 0. */
  sequence: number;
  /** Type of the edit. */
  action: "crop" | "rotate" | "mirror";
  /** Parameters of the edit: `{x, y, width, height}`, `{angle}` or `{axis}`. */
  parameters: Record<string, unknown>;
}

/** An edit that was undone. */
export interface SyncAssetEditDeleteV1 {
  /** Id of the edit. */
  editId: string;
}

/** A metadata entry that an application stores with an asset. */
export interface SyncAssetMetadataV1 {
  /** Id of the asset. */
  assetId: string;
  /** Name of the entry, such as `mobile-app`. */
  key: string;
  /** Value of the entry. */
  value: Record<string, unknown>;
}

/** A deleted metadata entry. */
export interface SyncAssetMetadataDeleteV1 {
  /** Id of the asset. */
  assetId: string;
  /** Name of the entry. */
  key: string;
}

/**
 * A text box recognized in a picture. Coordinates are fractions of the picture's
 * size.
 */
export interface SyncAssetOcrV1 {
  /** Id of the text box. */
  id: string;
  /** Id of the asset. */
  assetId: string;
  /** Distance of the first corner from the left edge. */
  x1: number;
  /** Distance of the first corner from the top edge. */
  y1: number;
  /** Distance of the second corner from the left edge. */
  x2: number;
  /** Distance of the second corner from the top edge. */
  y2: number;
  /** Distance of the third corner from the left edge. */
  x3: number;
  /** Distance of the third corner from the top edge. */
  y3: number;
  /** Distance of the fourth corner from the left edge. */
  x4: number;
  /** Distance of the fourth corner from the top edge. */
  y4: number;
  /** The text. */
  text: string;
  /** Confidence that this is text, 0 to 1. */
  boxScore: number;
  /** Confidence that the text was recognized correctly, 0 to 1. */
  textScore: number;
  /** Whether the text is shown. */
  isVisible: boolean;
}

/** An asset whose text boxes were deleted. */
export interface SyncAssetOcrDeleteV1 {
  /** Id of the audit row, not of a text box; use {@linkcode assetId} instead. */
  id: string;
  /** Id of the asset. */
  assetId: string;
  /** When the text boxes were deleted. */
  deletedAt: string;
}
