/**
 * Wire shapes of people, faces, memories and stacks.
 *
 * @module
 */

/** A person seen in pictures. */
export interface SyncPersonV1 {
  /** Id of the person. */
  id: string;
  /** When the server found the person. */
  createdAt: string;
  /** When the person was last changed. */
  updatedAt: string;
  /** Id of the user whose pictures show the person. */
  ownerId: string;
  /** Name, empty while nobody gave one. */
  name: string;
  /** Day of birth, at midnight UTC. */
  birthDate: string | null;
  /** Whether the person is hidden. */
  isHidden: boolean;
  /** Whether the person is a favorite. */
  isFavorite: boolean;
  /** Colour of the person's avatar. */
  color: string | null;
  /** Id of the face on the person's thumbnail. */
  faceAssetId: string | null;
}

/** A person who is gone. */
export interface SyncPersonDeleteV1 {
  /** Id of the person. */
  personId: string;
}

/** A face in a picture; the box is in pixels of an image of the given size. */
export interface SyncAssetFaceV1 {
  /** Id of the face. */
  id: string;
  /** Id of the asset. */
  assetId: string;
  /** Id of the person, or `null` while nobody is recognised. */
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
  /** Who found it: `machine-learning`, `exif` or `manual`. */
  sourceType: string;
}

/** A face in a picture, with what servers since 2.6.0 add. */
export interface SyncAssetFaceV2 extends SyncAssetFaceV1 {
  /** Whether it is shown. */
  isVisible: boolean;
  /** When it was removed by hand, or `null`: a soft delete is an upsert. */
  deletedAt: string | null;
}

/** A face that is gone. */
export interface SyncAssetFaceDeleteV1 {
  /** Id of the face. */
  assetFaceId: string;
}

/** A memory: pictures of the same day in another year. */
export interface SyncMemoryV1 {
  /** Id of the memory. */
  id: string;
  /** When it was made. */
  createdAt: string;
  /** When it was last changed. */
  updatedAt: string;
  /** When it was deleted, or `null`: a soft delete is an upsert. */
  deletedAt: string | null;
  /** Id of the user it belongs to. */
  ownerId: string;
  /** Kind of memory. */
  type: "on_this_day";
  /** What the kind needs: `{year}`. */
  data: Record<string, unknown>;
  /** Whether the user keeps it. */
  isSaved: boolean;
  /** The time it recalls. */
  memoryAt: string;
  /** When the user saw it. */
  seenAt: string | null;
  /** From when on it is shown. */
  showAt: string | null;
  /** Until when it is shown. */
  hideAt: string | null;
}

/** A memory that is gone. */
export interface SyncMemoryDeleteV1 {
  /** Id of the memory. */
  memoryId: string;
}

/** An asset in a memory; may arrive before either of them does. */
export interface SyncMemoryAssetV1 {
  /** Id of the memory. */
  memoryId: string;
  /** Id of the asset. */
  assetId: string;
}

/** An asset that was taken out of a memory. */
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
  /** When it was made. */
  createdAt: string;
  /** When it was last changed. */
  updatedAt: string;
  /** Id of the asset on top. */
  primaryAssetId: string;
  /** Id of the user who owns it. */
  ownerId: string;
}

/** A stack that is gone; its assets are not. */
export interface SyncStackDeleteV1 {
  /** Id of the stack. */
  stackId: string;
}
