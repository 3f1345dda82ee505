/**
 * Fills a server from a recorded sync stream.
 *
 * @module
 */
import type {
  KnownSyncEvent,
  SyncAssetV1,
  SyncAssetV2,
  SyncAuthUserV1,
  SyncEntityType,
} from "../protocol.ts";
import {
  type DeleteType,
  NO_ACCOUNT,
  type Store,
  type TableName,
} from "./store.ts";

/** The table that the rows of an entity type belong to, where they are kept as they come. */
const PLAIN_TABLES: Partial<Record<SyncEntityType, TableName>> = {
  PartnerV1: "partners",
  StackV1: "stacks",
  PartnerStackV1: "stacks",
  AlbumToAssetV1: "albumAssets",
  AssetExifV1: "exifs",
  PartnerAssetExifV1: "exifs",
  AlbumAssetExifCreateV1: "exifs",
  AssetOcrV1: "ocr",
  MemoryV1: "memories",
  MemoryToAssetV1: "memoryAssets",
  PersonV1: "people",
  AssetFaceV2: "faces",
  UserMetadataV1: "userMetadata",
  AssetMetadataV1: "assetMetadata",
  AssetEditV1: "edits",
};

/**
 * Takes over what a first stream told one user: the lines of a recorded body.
 *
 * @returns The user whose stream it was.
 * @throws {TypeError} If no line tells who that is.
 */
export function loadRecording(
  store: Store,
  ndjson: string,
): SyncAuthUserV1 {
  const lines = ndjson.split("\n").filter((line) => line !== "");
  const events: KnownSyncEvent[] = lines.map((line) => JSON.parse(line));
  const user = events.find((event) => event.type === "AuthUserV1")?.data;
  if (user === undefined) {
    throw new TypeError(
      "Cannot load recording: it must hold an AuthUserV1 event, as a first stream of AuthUsersV1 does",
    );
  }
  for (const event of events) loadEvent(store, event, user.id);
  return user;
}

function loadEvent(
  store: Store,
  event: KnownSyncEvent,
  userId: string,
): void {
  const position = event.ack.split("|")[1] ?? "";
  const { type, data } = event;
  const plain = PLAIN_TABLES[type];
  if (plain !== undefined) {
    // What an album shows may be the user's own, and known already.
    if (type.startsWith("AlbumAsset") && hasAsset(store, data)) return;
    store.put(plain, data as never, position);
    return;
  }
  switch (event.type) {
    case "AuthUserV1":
      store.put("users", event.data, position);
      break;
    case "UserV1":
      store.put("users", {
        ...NO_ACCOUNT,
        ...store.find("users", event.data.id)?.data,
        ...event.data,
      }, position);
      break;
    case "AssetV1":
    case "AssetV2":
    case "PartnerAssetV1":
    case "PartnerAssetV2":
      store.put("assets", toAssetV2(event.data), position);
      break;
    case "AlbumAssetCreateV1":
    case "AlbumAssetCreateV2":
      if (store.find("assets", event.data.id) === undefined) {
        store.put("assets", toAssetV2(event.data), position);
      }
      break;
    case "AlbumV1":
      store.put("albums", event.data, position);
      break;
    case "AlbumV2":
      if (store.find("albums", event.data.id) === undefined) {
        store.put("albums", { ...event.data, ownerId: "" }, position);
      }
      break;
    case "AlbumUserV1": {
      const { albumId, role } = event.data;
      const album = store.find("albums", albumId);
      if (album !== undefined && role === "owner") {
        album.data.ownerId = event.data.userId;
      }
      store.put("albumUsers", event.data, position);
      break;
    }
    case "AssetFaceV1":
      store.put(
        "faces",
        { ...event.data, isVisible: true, deletedAt: null },
        position,
      );
      break;
    default:
      if (type.includes("Delete")) {
        loadDelete(store, type as DeleteType, data, { userId, position });
      }
  }
}

/** A stream of two versions of one request type tells twice what is gone. */
function loadDelete(
  store: Store,
  type: DeleteType,
  data: object,
  init: { userId: string; position: string },
): void {
  const known = store.audits(type).some((row) =>
    row.position === init.position
  );
  if (!known) store.audit(type, data as never, init);
}

function hasAsset(store: Store, data: object): boolean {
  const { assetId = "" } = data as { assetId?: string };
  return store.find("exifs", assetId) !== undefined;
}

function toAssetV2(
  { duration, ...asset }: SyncAssetV1 | SyncAssetV2,
): SyncAssetV2 {
  return {
    ...asset,
    duration: typeof duration === "string"
      ? Date.parse(`1970-01-01T${duration}Z`)
      : duration,
  };
}
