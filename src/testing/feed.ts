/**
 * What the sync stream of one session holds.
 *
 * @module
 */
import {
  SYNC_REQUESTS,
  type SyncAssetV1,
  type SyncAssetV2,
  type SyncEntityType,
  type SyncRequestType,
} from "../protocol.ts";
import type { DeleteType, Row, Store, TableName, Tables } from "./store.ts";

/** An event before it is a line. */
export interface FeedEvent {
  /** Entity type. */
  type: SyncEntityType;
  /** Data of the event. */
  data: object;
  /** Token that acknowledges it. */
  ack: string;
}

/** Whose stream it is, and how far they are. */
export interface FeedRequest {
  /** Id of the user. */
  userId: string;
  /** What is asked for. */
  types: readonly SyncRequestType[];
  /** Checkpoint → the ack that was last sent for it. */
  checkpoints: ReadonlyMap<string, string>;
  /** Rows from this position on are for the next stream. */
  end: string;
}

/** A row that may go into the stream. */
interface Candidate {
  position: string;
  data: object;
}

/** What a query needs. */
interface Query {
  store: Store;
  userId: string;
}

/** Every event since the checkpoints, in a server's order, up to `SyncCompleteV1`. */
export function* feed(
  store: Store,
  request: FeedRequest,
): Generator<FeedEvent> {
  const query = { store, userId: request.userId };
  for (const [type, { entities }] of Object.entries(SYNC_REQUESTS)) {
    if (!request.types.includes(type as SyncRequestType)) continue;
    for (const entity of entities) yield* feedEntity(query, request, entity);
  }
  yield control("SyncCompleteV1", request.end);
}

function* feedEntity(
  query: Query,
  request: FeedRequest,
  type: SyncEntityType,
): Generator<FeedEvent> {
  const { checkpoints, end } = request;
  const after = positionOf(checkpoints.get(type));
  const isNew = ({ position }: Candidate) => position > after && position < end;
  const candidates = select(query, type, checkpoints).filter(isNew)
    .sort((a, b) => (a.position < b.position ? -1 : 1));
  if (type.startsWith("Album") && type.includes("Create")) {
    // What is new to an album comes whole: its updates up to now are in it.
    const updates = type.replace("Create", "Update");
    if (candidates.length > 0) {
      yield { ...control("SyncAckV1", end), ack: `${updates}|${end}` };
    }
  }
  for (const { position, data } of candidates) {
    yield { type, data, ack: `${type}|${position}` };
  }
}

function control(type: "SyncAckV1" | "SyncCompleteV1", position: string) {
  return { type, data: {}, ack: `${type}|${position}` };
}

function positionOf(ack: string | undefined): string {
  return ack?.split("|")[1] ?? "";
}

/** The rows that an entity type is about, as far as the user may see them. */
function select(
  query: Query,
  type: SyncEntityType,
  checkpoints: ReadonlyMap<string, string>,
): Candidate[] {
  if (type.includes("Delete")) return selectAudits(query, type as DeleteType);
  const albumRow = /^AlbumAsset(Exif)?(Create|Update)/.exec(type);
  if (albumRow) {
    const created = positionOf(
      checkpoints.get(type.replace("Update", "Create")),
    );
    return selectAlbumRows(
      query,
      type,
      albumRow[2] === "Create" ? "" : created,
    );
  }
  const { store, userId } = query;
  const owned = (id: string) => id === userId;
  const ofPartner = (id: string) =>
    store.find("partners", `${id}/${userId}`) !== undefined;
  const ofOwnAsset = (assetId: string) => owned(ownerOf(store, assetId));
  const visible = (albumId: string) => seesAlbum(store, userId, albumId);
  const from = <T extends TableName>(
    table: T,
    sees: (data: Tables[T]) => boolean,
    toData: (data: Tables[T]) => object = (data) => data as object,
  ) =>
    store.rows(table).filter(({ data }) => sees(data))
      .map(({ data, position }) => ({ data: toData(data), position }));

  switch (type) {
    case "AuthUserV1":
      return from("users", ({ id }) => owned(id));
    case "UserV1":
      return from("users", () => true, toUserV1);
    case "PartnerV1":
      return from(
        "partners",
        (row) => owned(row.sharedById) || owned(row.sharedWithId),
      );
    case "AssetV1":
      return from("assets", ({ ownerId }) => owned(ownerId), toAssetV1);
    case "AssetV2":
      return from("assets", ({ ownerId }) => owned(ownerId));
    case "StackV1":
      return from("stacks", ({ ownerId }) => owned(ownerId));
    case "PartnerAssetV1":
      return from("assets", ({ ownerId }) => ofPartner(ownerId), toAssetV1);
    case "PartnerAssetV2":
      return from("assets", ({ ownerId }) => ofPartner(ownerId));
    case "PartnerStackV1":
      return from("stacks", ({ ownerId }) => ofPartner(ownerId));
    case "AlbumV1":
      return from("albums", ({ id }) => visible(id));
    case "AlbumV2":
      return from(
        "albums",
        ({ id }) => visible(id),
        ({ ownerId: _, ...data }) => data,
      );
    case "AlbumUserV1":
      return from("albumUsers", ({ albumId }) => visible(albumId));
    case "AlbumToAssetV1":
      return from("albumAssets", ({ albumId }) => visible(albumId));
    case "AssetExifV1":
      return from("exifs", ({ assetId }) => ofOwnAsset(assetId));
    case "PartnerAssetExifV1":
      return from(
        "exifs",
        ({ assetId }) => ofPartner(ownerOf(store, assetId)),
      );
    case "AssetOcrV1":
      return from("ocr", ({ assetId }) => ofOwnAsset(assetId));
    case "MemoryV1":
      return from("memories", ({ ownerId }) => owned(ownerId));
    case "MemoryToAssetV1":
      return from(
        "memoryAssets",
        ({ memoryId }) =>
          owned(store.find("memories", memoryId)?.data.ownerId ?? ""),
      );
    case "PersonV1":
      return from("people", ({ ownerId }) => owned(ownerId));
    case "AssetFaceV1":
      return from(
        "faces",
        ({ assetId }) => ofOwnAsset(assetId),
        ({ isVisible: _, deletedAt: __, ...data }) => data,
      );
    case "AssetFaceV2":
      return from("faces", ({ assetId }) => ofOwnAsset(assetId));
    case "UserMetadataV1":
      return from("userMetadata", (row) => owned(row.userId));
    case "AssetMetadataV1":
      return from("assetMetadata", ({ assetId }) => ofOwnAsset(assetId));
    case "AssetEditV1":
      return from("edits", ({ assetId }) => ofOwnAsset(assetId));
    default:
      return [];
  }
}

/** What is gone: told to one user, or to everybody who can know. */
function selectAudits(
  { store, userId }: Query,
  type: DeleteType,
): Candidate[] {
  return store.audits(type).filter((audit) =>
    audit.userId === undefined || audit.userId === userId
  );
}

/**
 * Assets in albums, or their EXIF data: those that were put in an album, by
 * the position of that, or those in an album since before `created`, by the
 * position of their own change.
 */
function selectAlbumRows(
  { store, userId }: Query,
  type: SyncEntityType,
  created: string,
): Candidate[] {
  const table = type.includes("Exif") ? "exifs" : "assets";
  const updates = type.includes("Update");
  return store.rows("albumAssets").flatMap(({ data, position }) => {
    if (!seesAlbum(store, userId, data.albumId)) return [];
    if (updates && position > created) return [];
    const row: Row<object> | undefined = store.find(table, data.assetId);
    if (row === undefined) return [];
    return [{
      data: /AssetUpdateV1|AssetCreateV1/.test(type)
        ? toAssetV1(row.data as SyncAssetV2)
        : row.data,
      position: updates ? row.position : position,
    }];
  });
}

function ownerOf(store: Store, assetId: string): string {
  return store.find("assets", assetId)?.data.ownerId ?? "";
}

function seesAlbum(store: Store, userId: string, albumId: string): boolean {
  return store.find("albums", albumId)?.data.ownerId === userId ||
    store.find("albumUsers", `${albumId}/${userId}`) !== undefined;
}

/** The user as everybody sees it: without the secrets. */
function toUserV1(user: Tables["users"]): object {
  const { id, name, email, avatarColor, deletedAt } = user;
  const { profileChangedAt, hasProfileImage } = user;
  return {
    id,
    name,
    email,
    avatarColor,
    deletedAt,
    profileChangedAt,
    hasProfileImage,
  };
}

/** The asset as servers up to 2.x send it. */
function toAssetV1({ createdAt: _, ...asset }: SyncAssetV2): SyncAssetV1 {
  const { duration } = asset;
  return {
    ...asset,
    duration: duration === null
      ? null
      : new Date(duration).toISOString().slice(11, -1),
  };
}
