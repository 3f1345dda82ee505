/**
 * The events of the sync stream: entity type → shape of its data.
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
  SyncPartnerDeleteV1,
  SyncPartnerV1,
  SyncUserDeleteV1,
  SyncUserMetadataDeleteV1,
  SyncUserMetadataV1,
  SyncUserV1,
} from "./users.ts";
import type { SyncRequestEntities, SyncRequestType } from "./requests.ts";

/** Entity type → shape of the data of its events. */
export interface SyncEventData {
  /** The signed-in user. */
  AuthUserV1: SyncAuthUserV1;
  /** A user is gone. */
  UserDeleteV1: SyncUserDeleteV1;
  /** A user. */
  UserV1: SyncUserV1;
  /** A partner share ended. */
  PartnerDeleteV1: SyncPartnerDeleteV1;
  /** A partner share. */
  PartnerV1: SyncPartnerV1;
  /** An asset is gone. */
  AssetDeleteV1: SyncAssetDeleteV1;
  /** An asset. */
  AssetV1: SyncAssetV1;
  /** An asset. */
  AssetV2: SyncAssetV2;
  /** A stack is gone. */
  StackDeleteV1: SyncStackDeleteV1;
  /** A stack. */
  StackV1: SyncStackV1;
  /** A partner's asset is gone. */
  PartnerAssetDeleteV1: SyncAssetDeleteV1;
  /** An older asset of a new partner. */
  PartnerAssetBackfillV1: SyncAssetV1;
  /** A partner's asset. */
  PartnerAssetV1: SyncAssetV1;
  /** An older asset of a new partner. */
  PartnerAssetBackfillV2: SyncAssetV2;
  /** A partner's asset. */
  PartnerAssetV2: SyncAssetV2;
  /** A partner's stack is gone. */
  PartnerStackDeleteV1: SyncStackDeleteV1;
  /** An older stack of a new partner. */
  PartnerStackBackfillV1: SyncStackV1;
  /** A partner's stack. */
  PartnerStackV1: SyncStackV1;
  /** An older asset of a newly shared album. */
  AlbumAssetBackfillV1: SyncAssetV1;
  /** An asset in an album has changed. */
  AlbumAssetUpdateV1: SyncAssetV1;
  /** An asset was put in an album. */
  AlbumAssetCreateV1: SyncAssetV1;
  /** An older asset of a newly shared album. */
  AlbumAssetBackfillV2: SyncAssetV2;
  /** An asset in an album has changed. */
  AlbumAssetUpdateV2: SyncAssetV2;
  /** An asset was put in an album. */
  AlbumAssetCreateV2: SyncAssetV2;
  /** An album is gone or no longer shared. */
  AlbumDeleteV1: SyncAlbumDeleteV1;
  /** An album with its owner. */
  AlbumV1: SyncAlbumV1;
  /** An album; its owner is an album user. */
  AlbumV2: SyncAlbumV2;
  /** A user lost an album. */
  AlbumUserDeleteV1: SyncAlbumUserDeleteV1;
  /** An older user of a newly shared album. */
  AlbumUserBackfillV1: SyncAlbumUserV1;
  /** A user of an album. */
  AlbumUserV1: SyncAlbumUserV1;
  /** An asset was taken out of an album. */
  AlbumToAssetDeleteV1: SyncAlbumToAssetDeleteV1;
  /** An older entry of a newly shared album. */
  AlbumToAssetBackfillV1: SyncAlbumToAssetV1;
  /** An asset is in an album. */
  AlbumToAssetV1: SyncAlbumToAssetV1;
  /** EXIF data of an asset. */
  AssetExifV1: SyncAssetExifV1;
  /** EXIF data of an older asset of a newly shared album. */
  AlbumAssetExifBackfillV1: SyncAssetExifV1;
  /** EXIF data of an asset in an album has changed. */
  AlbumAssetExifUpdateV1: SyncAssetExifV1;
  /** EXIF data of an asset that was put in an album. */
  AlbumAssetExifCreateV1: SyncAssetExifV1;
  /** The texts of an asset are gone. */
  AssetOcrDeleteV1: SyncAssetOcrDeleteV1;
  /** A text found in an asset. */
  AssetOcrV1: SyncAssetOcrV1;
  /** EXIF data of an older asset of a new partner. */
  PartnerAssetExifBackfillV1: SyncAssetExifV1;
  /** EXIF data of a partner's asset. */
  PartnerAssetExifV1: SyncAssetExifV1;
  /** A memory is gone. */
  MemoryDeleteV1: SyncMemoryDeleteV1;
  /** A memory. */
  MemoryV1: SyncMemoryV1;
  /** An asset was taken out of a memory. */
  MemoryToAssetDeleteV1: SyncMemoryAssetDeleteV1;
  /** An asset is in a memory. */
  MemoryToAssetV1: SyncMemoryAssetV1;
  /** A person is gone. */
  PersonDeleteV1: SyncPersonDeleteV1;
  /** A person. */
  PersonV1: SyncPersonV1;
  /** A face is gone. */
  AssetFaceDeleteV1: SyncAssetFaceDeleteV1;
  /** A face. */
  AssetFaceV1: SyncAssetFaceV1;
  /** A face. */
  AssetFaceV2: SyncAssetFaceV2;
  /** A group of settings is gone. */
  UserMetadataDeleteV1: SyncUserMetadataDeleteV1;
  /** A group of settings. */
  UserMetadataV1: SyncUserMetadataV1;
  /** A metadata entry is gone. */
  AssetMetadataDeleteV1: SyncAssetMetadataDeleteV1;
  /** A metadata entry. */
  AssetMetadataV1: SyncAssetMetadataV1;
  /** An edit was taken back. */
  AssetEditDeleteV1: SyncAssetEditDeleteV1;
  /** An edit. */
  AssetEditV1: SyncAssetEditV1;
  /** No row, only an ack, mostly of another type's checkpoint. */
  SyncAckV1: Record<string, never>;
  /** What was synced so far is void: start over. */
  SyncResetV1: Record<string, never>;
  /** The stream is whole. */
  SyncCompleteV1: Record<string, never>;
}

/** What a row of the stream is about. */
export type SyncEntityType = keyof SyncEventData;

/** The events that steer the stream and carry no row. */
export type SyncControlType = "SyncAckV1" | "SyncResetV1" | "SyncCompleteV1";

/** An event whose type this library knows. */
export type KnownSyncEvent<T extends SyncEntityType = SyncEntityType> = {
  [K in T]: {
    /** What the event is about. */
    type: K;
    /** The row, or what identifies a row that is gone. */
    data: SyncEventData[K];
    /** Token that acknowledges this event and all of its checkpoint before it; may be empty. */
    ack: string;
  };
}[T];

/**
 * Type of an {@linkcode UnknownSyncEvent}. At run time it is the name that the
 * server sent. The question mark is there for the compiler alone: the pattern
 * does not match any known name, so that comparing `type` with a known name
 * narrows the event. Compare with other names through `hasUnknownType`.
 */
export type UnknownEntityType<T extends string = string> = `${T}?`;

/** An event that this library does not know: sent by a fork, or by a newer server. */
export interface UnknownSyncEvent {
  /** Type as the server sent it. */
  type: UnknownEntityType;
  /** Data as the server sent it. */
  data: unknown;
  /** Token that acknowledges this event and all of its checkpoint before it; may be empty. */
  ack: string;
}

/**
 * An event of the sync stream, told apart by its `type`: those that the request
 * types `R` bring, the control events, and the unknown.
 */
export type SyncEvent<R extends SyncRequestType = SyncRequestType> =
  | KnownSyncEvent<SyncRequestEntities[R] | SyncControlType>
  | UnknownSyncEvent;
