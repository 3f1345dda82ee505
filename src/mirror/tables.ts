/**
 * The tables of a mirror, and the columns that store the fields.
 *
 * @module
 */
import type { MirrorTable, WireRows } from "./rows.ts";

/** How a field is stored. */
export type ColumnType =
  /** A string, such as an id, a time in ISO 8601 or a checksum in base64. */
  | "text"
  | "integer"
  | "real"
  /** 0 or 1. */
  | "boolean"
  /** A JSON string. */
  | "json"
  /** A duration in milliseconds, regardless of the server's format. */
  | "milliseconds";

/** The fields and the key of a table. */
export interface Table<Row> {
  /** The fields that identify a row. */
  readonly key: readonly (keyof Row & string)[];
  /** Maps each field to how it is stored. */
  readonly columns: { readonly [Field in keyof Row & string]-?: ColumnType };
}

const USER = {
  id: "text",
  name: "text",
  email: "text",
  avatarColor: "text",
  deletedAt: "text",
  profileChangedAt: "text",
  hasProfileImage: "boolean",
} as const;

/** All tables; their order has no meaning. */
export const TABLES: { readonly [T in MirrorTable]: Table<WireRows[T]> } = {
  auth_users: {
    key: ["id"],
    columns: {
      ...USER,
      isAdmin: "boolean",
      storageLabel: "text",
      quotaSizeInBytes: "integer",
      quotaUsageInBytes: "integer",
    },
  },
  users: { key: ["id"], columns: USER },
  user_metadata: {
    key: ["userId", "key"],
    columns: { userId: "text", key: "text", value: "json" },
  },
  partners: {
    key: ["sharedById", "sharedWithId"],
    columns: {
      sharedById: "text",
      sharedWithId: "text",
      inTimeline: "boolean",
    },
  },
  assets: {
    key: ["id"],
    columns: {
      id: "text",
      ownerId: "text",
      originalFileName: "text",
      fileCreatedAt: "text",
      fileModifiedAt: "text",
      createdAt: "text",
      localDateTime: "text",
      type: "text",
      deletedAt: "text",
      isFavorite: "boolean",
      visibility: "text",
      duration: "milliseconds",
      livePhotoVideoId: "text",
      stackId: "text",
      libraryId: "text",
      width: "integer",
      height: "integer",
      isEdited: "boolean",
      checksum: "text",
      thumbhash: "text",
    },
  },
  exif: {
    key: ["assetId"],
    columns: {
      assetId: "text",
      description: "text",
      exifImageWidth: "integer",
      exifImageHeight: "integer",
      fileSizeInByte: "integer",
      orientation: "text",
      dateTimeOriginal: "text",
      modifyDate: "text",
      timeZone: "text",
      latitude: "real",
      longitude: "real",
      projectionType: "text",
      city: "text",
      state: "text",
      country: "text",
      make: "text",
      model: "text",
      lensModel: "text",
      fNumber: "real",
      focalLength: "real",
      iso: "integer",
      exposureTime: "text",
      profileDescription: "text",
      rating: "integer",
      fps: "real",
    },
  },
  asset_edits: {
    key: ["id"],
    columns: {
      id: "text",
      assetId: "text",
      sequence: "integer",
      action: "text",
      parameters: "json",
    },
  },
  asset_metadata: {
    key: ["assetId", "key"],
    columns: { assetId: "text", key: "text", value: "json" },
  },
  asset_ocr: {
    key: ["id"],
    columns: {
      id: "text",
      assetId: "text",
      x1: "real",
      y1: "real",
      x2: "real",
      y2: "real",
      x3: "real",
      y3: "real",
      x4: "real",
      y4: "real",
      text: "text",
      boxScore: "real",
      textScore: "real",
      isVisible: "boolean",
    },
  },
  stacks: {
    key: ["id"],
    columns: {
      id: "text",
      createdAt: "text",
      updatedAt: "text",
      primaryAssetId: "text",
      ownerId: "text",
    },
  },
  albums: {
    key: ["id"],
    columns: {
      id: "text",
      name: "text",
      description: "text",
      createdAt: "text",
      updatedAt: "text",
      thumbnailAssetId: "text",
      isActivityEnabled: "boolean",
      order: "text",
    },
  },
  album_users: {
    key: ["albumId", "userId"],
    columns: { albumId: "text", userId: "text", role: "text" },
  },
  album_assets: {
    key: ["albumId", "assetId"],
    columns: { albumId: "text", assetId: "text" },
  },
  memories: {
    key: ["id"],
    columns: {
      id: "text",
      createdAt: "text",
      updatedAt: "text",
      deletedAt: "text",
      ownerId: "text",
      type: "text",
      data: "json",
      isSaved: "boolean",
      memoryAt: "text",
      seenAt: "text",
      showAt: "text",
      hideAt: "text",
    },
  },
  memory_assets: {
    key: ["memoryId", "assetId"],
    columns: { memoryId: "text", assetId: "text" },
  },
  people: {
    key: ["id"],
    columns: {
      id: "text",
      createdAt: "text",
      updatedAt: "text",
      ownerId: "text",
      name: "text",
      birthDate: "text",
      isHidden: "boolean",
      isFavorite: "boolean",
      color: "text",
      faceAssetId: "text",
    },
  },
  faces: {
    key: ["id"],
    columns: {
      id: "text",
      assetId: "text",
      personId: "text",
      imageWidth: "integer",
      imageHeight: "integer",
      boundingBoxX1: "integer",
      boundingBoxY1: "integer",
      boundingBoxX2: "integer",
      boundingBoxY2: "integer",
      sourceType: "text",
      isVisible: "boolean",
      deletedAt: "text",
    },
  },
};

/** The names of all tables. */
export const TABLE_NAMES: readonly MirrorTable[] = Object.keys(
  TABLES,
) as MirrorTable[];

/** Returns the column name of a field: `boundingBoxX1` becomes `bounding_box_x1`. */
export function toColumn(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Returns the quoted column name of a field; `order`, for example, is an SQL keyword. */
export function toQuotedColumn(field: string): string {
  return `"${toColumn(field)}"`;
}
