/**
 * Wire shapes of assets and of everything that hangs on one asset.
 *
 * Field names and types are those of the servers 2.5.6 and 3.1.0; times are
 * ISO 8601 strings in UTC with milliseconds, ids are UUIDs.
 *
 * @module
 */

/** A photo or a video, as servers since 3.0.0 send it. */
export interface SyncAssetV2 {
  /** Id of the asset. */
  id: string;
  /** Id of the user who owns it. */
  ownerId: string;
  /** File name at upload, with extension. */
  originalFileName: string;
  /** When the picture was taken, in UTC. */
  fileCreatedAt: string | null;
  /** When the file was last modified, in UTC. */
  fileModifiedAt: string | null;
  /** When the server stored it; not sent by servers up to 2.x. */
  createdAt?: string | null;
  /** When the picture was taken, on the clock of the place, written as if it were UTC. */
  localDateTime: string | null;
  /** Kind of file. */
  type: "IMAGE" | "VIDEO" | "AUDIO" | "OTHER";
  /** When it was moved to the trash, or `null`: a soft delete is an upsert. */
  deletedAt: string | null;
  /** Whether its owner marked it as a favorite. */
  isFavorite: boolean;
  /** Where it is shown. */
  visibility: "archive" | "timeline" | "hidden" | "locked";
  /** Length of a video in milliseconds, `null` for a photo. */
  duration: number | null;
  /** Id of the video that belongs to a live photo. */
  livePhotoVideoId: string | null;
  /** Id of the stack it is in; may arrive before that stack does. */
  stackId: string | null;
  /** Id of the external library it comes from. */
  libraryId: string | null;
  /** Width in pixels. */
  width: number | null;
  /** Height in pixels. */
  height: number | null;
  /** Whether edits apply to it. */
  isEdited: boolean;
  /** SHA-1 of the original file, base64. */
  checksum: string;
  /** ThumbHash of the preview, base64. */
  thumbhash: string | null;
}

/** A photo or a video, as servers up to 2.x send it. */
export interface SyncAssetV1 extends Omit<SyncAssetV2, "duration"> {
  /** Length of a video as `HH:MM:SS.mmm`, `null` for a photo. */
  duration: string | null;
}

/** An asset that is gone for good. */
export interface SyncAssetDeleteV1 {
  /** Id of the asset. */
  assetId: string;
}

/** What is known about how a picture was taken. */
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
  /** Time zone of the place, such as `UTC+2` or `Europe/Berlin`. */
  timeZone: string | null;
  /** Latitude in degrees. */
  latitude: number | null;
  /** Longitude in degrees. */
  longitude: number | null;
  /** Projection of a panorama, such as `EQUIRECTANGULAR`. */
  projectionType: string | null;
  /** City, from the coordinates. */
  city: string | null;
  /** State or province, from the coordinates. */
  state: string | null;
  /** Country, from the coordinates. */
  country: string | null;
  /** Maker of the camera. */
  make: string | null;
  /** Model of the camera. */
  model: string | null;
  /** Model of the lens. */
  lensModel: string | null;
  /** Aperture as an f-number. */
  fNumber: number | null;
  /** Focal length in millimetres. */
  focalLength: number | null;
  /** Sensitivity, ISO. */
  iso: number | null;
  /** Exposure time in seconds, as a fraction such as `1/60`. */
  exposureTime: string | null;
  /** Name of the colour profile. */
  profileDescription: string | null;
  /** Rating in stars, -1 to 5. */
  rating: number | null;
  /** Frames per second of a video. */
  fps: number | null;
}

/** One edit of a picture; edits apply in the order of `sequence`. */
export interface SyncAssetEditV1 {
  /** Id of the edit. */
  id: string;
  /** Id of the asset. */
  assetId: string;
  /** Place in the order of edits, from 0. */
  sequence: number;
  /** What is done. */
  action: "crop" | "rotate" | "mirror";
  /** How it is done: `{x, y, width, height}`, `{angle}` or `{axis}`. */
  parameters: Record<string, unknown>;
}

/** An edit that was taken back. */
export interface SyncAssetEditDeleteV1 {
  /** Id of the edit. */
  editId: string;
}

/** One metadata entry that an application keeps on an asset. */
export interface SyncAssetMetadataV1 {
  /** Id of the asset. */
  assetId: string;
  /** Name of the entry, such as `mobile-app`. */
  key: string;
  /** The entry itself. */
  value: Record<string, unknown>;
}

/** A metadata entry that is gone. */
export interface SyncAssetMetadataDeleteV1 {
  /** Id of the asset. */
  assetId: string;
  /** Name of the entry. */
  key: string;
}

/** One piece of text found in a picture; corners are fractions of its size. */
export interface SyncAssetOcrV1 {
  /** Id of the text box. */
  id: string;
  /** Id of the asset. */
  assetId: string;
  /** First corner, from the left. */
  x1: number;
  /** First corner, from the top. */
  y1: number;
  /** Second corner, from the left. */
  x2: number;
  /** Second corner, from the top. */
  y2: number;
  /** Third corner, from the left. */
  x3: number;
  /** Third corner, from the top. */
  y3: number;
  /** Fourth corner, from the left. */
  x4: number;
  /** Fourth corner, from the top. */
  y4: number;
  /** The text. */
  text: string;
  /** Confidence that this is text, 0 to 1. */
  boxScore: number;
  /** Confidence that the text was read rightly, 0 to 1. */
  textScore: number;
  /** Whether it is shown. */
  isVisible: boolean;
}

/** The texts of one asset are gone. */
export interface SyncAssetOcrDeleteV1 {
  /** Id of the audit row; matches no text box, use {@linkcode assetId}. */
  id: string;
  /** Id of the asset whose texts are gone. */
  assetId: string;
  /** When they were deleted. */
  deletedAt: string;
}
