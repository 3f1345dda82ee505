/**
 * The data of people, faces, memories and stacks, as servers send it.
 *
 * @module
 */

/** A person shown in pictures. */
export interface SyncPersonV1 {
  /** Id of the person. */
  id: string;
  /** When the person was created. */
  createdAt: string;
  /** When the person was last changed. */
  updatedAt: string;
  /** Id of the user who owns the pictures of this person. */
  ownerId: string;
  /** Name of the person; empty if there is none. */
  name: string;
  /** Date of birth, at midnight UTC. */
  birthDate: string | null;
  /** Whether the person is hidden. */
  isHidden: boolean;
  /** Whether the person is a favorite. */
  isFavorite: boolean;
  /** Color of the person's avatar. */
  color: string | null;
  /** Id of the face in the person's thumbnail. */
  faceAssetId: string | null;
}

/** A deleted person. */
export interface SyncPersonDeleteV1 {
  /** Id of the person. */
  personId: string;
}

/**
 * A face in a picture. The box's coordinates are in pixels, relative to an image of
 * the given size.
 */
export interface SyncAssetFaceV1 {
  /** Id of the face. */
  id: string;
  /** Id of the asset. */
  assetId: string;
  /** Id of the person, or `null` if the face was not recognized. */
  personId: string | null;
  /** Width of the image that the box refers to. */
  imageWidth: number;
  /** Height of the image that the box refers to. */
  imageHeight: number;
  /** Left edge of the box. */
  boundingBoxX1: number;
  /** Top edge of the box. */
  boundingBoxY1: number;
  /** Right edge of the box. */
  boundingBoxX2: number;
  /** Bottom edge of the box. */
  boundingBoxY2: number;
  /** Source of the face: `machine-learning`, `exif` or `manual`. */
  sourceType: string;
}

/** A face in a picture, as servers have sent it since 2.6.0. */
export interface SyncAssetFaceV2 extends SyncAssetFaceV1 {
  /** Whether the face is shown. */
  isVisible: boolean;
  /** When a user removed the face, or `null`; soft deletes arrive as upserts. */
  deletedAt: string | null;
}

/**
 * A face in a picture, as servers are expected to send it from 3.3.0 on. The
 * user might not be able to see the asset, and the server might not send the
 * person.
 */
export type SyncAssetFaceV3 = SyncAssetFaceV2;

/** A deleted face. */
export interface SyncAssetFaceDeleteV1 {
  /** Id of the face. */
  assetFaceId: string;
}

/** A memory: pictures from the same day in another year. */
export interface SyncMemoryV1 {
  /** Id of the memory. */
  id: string;
  /** When the memory was created. */
  createdAt: string;
  /** When the memory was last changed. */
  updatedAt: string;
  /** When the memory was deleted, or `null`; soft deletes arrive as upserts. */
  deletedAt: string | null;
  /** Id of the user who owns the memory. */
  ownerId: string;
  /** Type of the memory. */
  type: "on_this_day";
  /** Data for this type of memory: `{year}`. */
  data: Record<string, unknown>;
  /** Whether the user saved the memory. */
  isSaved: boolean;
  /** The date of the pictures. */
  memoryAt: string;
  /** When the user saw the memory. */
  seenAt: string | null;
  /** When the memory is first shown. */
  showAt: string | null;
  /** When the memory is no longer shown. */
  hideAt: string | null;
}

/** A deleted memory. */
export interface SyncMemoryDeleteV1 {
  /** Id of the memory. */
  memoryId: string;
}

/** An asset in a memory. This row may arrive before the asset or the memory. */
export interface SyncMemoryAssetV1 {
  /** Id of the memory. */
  memoryId: string;
  /** Id of the asset. */
  assetId: string;
}

/** An asset that was removed from a memory. */
export interface SyncMemoryAssetDeleteV1 {
  /** Id of the memory. */
  memoryId: string;
  /** Id of the asset. */
  assetId: string;
}

/** A stack: several assets shown as one. */
export interface SyncStackV1 {
  /** Id of the stack. */
  id: string;
  /** When the stack was created. */
  createdAt: string;
  /** When the stack was last changed. */
  updatedAt: string;
  /** Id of the asset on top. */
  primaryAssetId: string;
  /** Id of the user who owns the stack. */
  ownerId: string;
}

/** A deleted stack; its assets still exist. */
export interface SyncStackDeleteV1 {
  /** Id of the stack. */
  stackId: string;
}
