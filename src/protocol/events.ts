/**
 * The events of the sync stream.
 *
 * @module
 */
import type {
  SyncAlbumDeleteV1,
  SyncAlbumToAssetDeleteV1,
  SyncAlbumToAssetV1,
  SyncAlbumUserDeleteV1,
  SyncAlbumUserV1,
  SyncAlbumV1,
  SyncAlbumV2,
} from "./albums.ts";
import type {
  SyncAssetDeleteV1,
  SyncAssetEditDeleteV1,
  SyncAssetEditV1,
  SyncAssetExifV1,
  SyncAssetMetadataDeleteV1,
  SyncAssetMetadataV1,
  SyncAssetOcrDeleteV1,
  SyncAssetOcrV1,
  SyncAssetV1,
  SyncAssetV2,
} from "./assets.ts";
import type {
  SyncAssetFaceDeleteV1,
  SyncAssetFaceV1,
  SyncAssetFaceV2,
  SyncAssetFaceV3,
  SyncMemoryAssetDeleteV1,
  SyncMemoryAssetV1,
  SyncMemoryDeleteV1,
  SyncMemoryV1,
  SyncPersonDeleteV1,
  SyncPersonV1,
  SyncStackDeleteV1,
  SyncStackV1,
} from "./people.ts";
import type {
  SyncAuthUserV1,
  SyncAuthUserV2,
  SyncPartnerDeleteV1,
  SyncPartnerV1,
  SyncUserDeleteV1,
  SyncUserMetadataDeleteV1,
  SyncUserMetadataV1,
  SyncUserV1,
} from "./users.ts";
import type { SyncRequestEntities, SyncRequestType } from "./requests.ts";

/** Maps each entity type to the data of its events. */
export interface SyncEventData {
  /** The signed-in user. */
  AuthUserV1: SyncAuthUserV1;
  /** The signed-in user. */
  AuthUserV2: SyncAuthUserV2;
  /** A user was deleted. */
  UserDeleteV1: SyncUserDeleteV1;
  /** A user. */
  UserV1: SyncUserV1;
  /** A partner share ended. */
  PartnerDeleteV1: SyncPartnerDeleteV1;
  /** A partner share. */
  PartnerV1: SyncPartnerV1;
  /** An asset was deleted. */
  AssetDeleteV1: SyncAssetDeleteV1;
  /** An asset. */
  AssetV1: SyncAssetV1;
  /** An asset. */
  AssetV2: SyncAssetV2;
  /** A stack was deleted. */
  StackDeleteV1: SyncStackDeleteV1;
  /** A stack. */
  StackV1: SyncStackV1;
  /** A partner's asset was deleted. */
  PartnerAssetDeleteV1: SyncAssetDeleteV1;
  /** An asset that a new partner already had. */
  PartnerAssetBackfillV1: SyncAssetV1;
  /** A partner's asset. */
  PartnerAssetV1: SyncAssetV1;
  /** An asset that a new partner already had. */
  PartnerAssetBackfillV2: SyncAssetV2;
  /** A partner's asset. */
  PartnerAssetV2: SyncAssetV2;
  /** A partner's stack was deleted. */
  PartnerStackDeleteV1: SyncStackDeleteV1;
  /** A stack that a new partner already had. */
  PartnerStackBackfillV1: SyncStackV1;
  /** A partner's stack. */
  PartnerStackV1: SyncStackV1;
  /** An asset that was already in a newly shared album. */
  AlbumAssetBackfillV1: SyncAssetV1;
  /** An asset in an album was changed. */
  AlbumAssetUpdateV1: SyncAssetV1;
  /** An asset was added to an album. */
  AlbumAssetCreateV1: SyncAssetV1;
  /** An asset that was already in a newly shared album. */
  AlbumAssetBackfillV2: SyncAssetV2;
  /** An asset in an album was changed. */
  AlbumAssetUpdateV2: SyncAssetV2;
  /** An asset was added to an album. */
  AlbumAssetCreateV2: SyncAssetV2;
  /** An album was deleted or is no longer shared. */
  AlbumDeleteV1: SyncAlbumDeleteV1;
  /** An album with its owner. */
  AlbumV1: SyncAlbumV1;
  /** An album, without its owner, who is sent as an album user. */
  AlbumV2: SyncAlbumV2;
  /** A user was removed from an album. */
  AlbumUserDeleteV1: SyncAlbumUserDeleteV1;
  /** A user who already had access to a newly shared album. */
  AlbumUserBackfillV1: SyncAlbumUserV1;
  /** A user who has access to an album. */
  AlbumUserV1: SyncAlbumUserV1;
  /** An asset was removed from an album. */
  AlbumToAssetDeleteV1: SyncAlbumToAssetDeleteV1;
  /** An asset was already in a newly shared album. */
  AlbumToAssetBackfillV1: SyncAlbumToAssetV1;
  /** An asset is in an album. */
  AlbumToAssetV1: SyncAlbumToAssetV1;
  /** EXIF data of an asset. */
  AssetExifV1: SyncAssetExifV1;
  /** EXIF data of an asset that was already in a newly shared album. */
  AlbumAssetExifBackfillV1: SyncAssetExifV1;
  /** The EXIF data of an asset in an album was changed. */
  AlbumAssetExifUpdateV1: SyncAssetExifV1;
  /** EXIF data of an asset that was added to an album. */
  AlbumAssetExifCreateV1: SyncAssetExifV1;
  /** The text boxes of an asset were deleted. */
  AssetOcrDeleteV1: SyncAssetOcrDeleteV1;
  /** A text box recognized in an asset. */
  AssetOcrV1: SyncAssetOcrV1;
  /** EXIF data of an asset that a new partner already had. */
  PartnerAssetExifBackfillV1: SyncAssetExifV1;
  /** EXIF data of a partner's asset. */
  PartnerAssetExifV1: SyncAssetExifV1;
  /** A memory was deleted. */
  MemoryDeleteV1: SyncMemoryDeleteV1;
  /** A memory. */
  MemoryV1: SyncMemoryV1;
  /** An asset was removed from a memory. */
  MemoryToAssetDeleteV1: SyncMemoryAssetDeleteV1;
  /** An asset is in a memory. */
  MemoryToAssetV1: SyncMemoryAssetV1;
  /** A person was deleted. */
  PersonDeleteV1: SyncPersonDeleteV1;
  /** A person. */
  PersonV1: SyncPersonV1;
  /** A face was deleted. */
  AssetFaceDeleteV1: SyncAssetFaceDeleteV1;
  /** A face. */
  AssetFaceV1: SyncAssetFaceV1;
  /** A face. */
  AssetFaceV2: SyncAssetFaceV2;
  /** A face. */
  AssetFaceV3: SyncAssetFaceV3;
  /** A group of settings was deleted. */
  UserMetadataDeleteV1: SyncUserMetadataDeleteV1;
  /** A group of settings. */
  UserMetadataV1: SyncUserMetadataV1;
  /** A metadata entry was deleted. */
  AssetMetadataDeleteV1: SyncAssetMetadataDeleteV1;
  /** A metadata entry. */
  AssetMetadataV1: SyncAssetMetadataV1;
  /** An edit was undone. */
  AssetEditDeleteV1: SyncAssetEditDeleteV1;
  /** An edit. */
  AssetEditV1: SyncAssetEditV1;
  /** Carries only an ack, usually for another type's checkpoint. */
  SyncAckV1: Record<string, never>;
  /** A reset: discard everything synced so far, and start over. */
  SyncResetV1: Record<string, never>;
  /** The stream is complete. */
  SyncCompleteV1: Record<string, never>;
}

/** The type of an event. */
export type SyncEntityType = keyof SyncEventData;

/** The types of events that control the stream and have no row. */
export type SyncControlType = "SyncAckV1" | "SyncResetV1" | "SyncCompleteV1";

/** An event whose type this library knows. */
export type KnownSyncEvent<T extends SyncEntityType = SyncEntityType> = {
  [K in T]: {
    /** The entity type. */
    type: K;
    /** The row, or the key of a deleted row. */
    data: SyncEventData[K];
    /** The ack for this event and all earlier events of its checkpoint; may be empty. */
    ack: string;
  };
}[T];

/**
 * The type of an {@linkcode UnknownSyncEvent}. At run time, the type is the
 * name that the server sent. The question mark exists only for the compiler: it
 * keeps the pattern from matching a known name, so that comparing `type` with a
 * known name narrows the event. To compare with other names, use
 * `hasUnknownType`.
 */
export type UnknownEntityType<T extends string = string> = `${T}?`;

/** An event of a type that this library does not know, sent by a fork or a newer server. */
export interface UnknownSyncEvent {
  /** The type, as the server sent it. */
  type: UnknownEntityType;
  /** The data, as the server sent it. */
  data: unknown;
  /** The ack for this event and all earlier events of its checkpoint; may be empty. */
  ack: string;
}

/**
 * An event in the sync stream: an event for one of the request types `R`, a control
 * event, or an event of an unknown type. `type` tells them apart.
 */
export type SyncEvent<R extends SyncRequestType = SyncRequestType> =
  | KnownSyncEvent<SyncRequestEntities[R] | SyncControlType>
  | UnknownSyncEvent;
