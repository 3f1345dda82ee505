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
} from "../protocol/mod.ts";
import type { DeleteType, Store } from "./store.ts";
import { ENTITY_TABLES, NO_ACCOUNT } from "./tables.ts";

/**
 * Loads the rows of a user's first stream. The stream may include backfill lines.
 *
 * @param ndjson The lines of the recorded body.
 * @returns The user who received the stream.
 * @throws {TypeError} If there is no `AuthUserV1` line.
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
      "Cannot load recording: it must contain an AuthUserV1 event",
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
  // A backfill ack contains the share's position, followed by the row's position.
  const position = event.ack.split("|").slice(1).at(-1) ?? "";
  const { type, data } = event;
  if (type.includes("Delete")) {
    loadDelete(store, type as DeleteType, data, { userId, position });
    return;
  }
  const table = ENTITY_TABLES[type];
  if (table === undefined) return;
  // An album's asset may already have been loaded, with its own position.
  if (type.startsWith("AlbumAsset") && isKnown(store, data)) return;
  switch (event.type) {
    case "UserV1":
      store.put("users", {
        ...NO_ACCOUNT,
        ...store.find("users", event.data.id)?.data,
        ...event.data,
      }, position);
      break;
    case "AlbumV2":
      if (store.find("albums", event.data.id) === undefined) {
        store.put("albums", { ...event.data, ownerId: "" }, position);
      }
      break;
    case "AlbumUserBackfillV1":
    case "AlbumUserV1": {
      const { albumId, userId: ownerId, role } = event.data;
      const album = store.find("albums", albumId);
      if (album !== undefined && role === "owner") {
        store.put("albums", { ...album.data, ownerId }, album.position);
      }
      store.put("albumUsers", event.data, position);
      break;
    }
    case "AssetFaceV1": {
      const added = { isVisible: true, deletedAt: null };
      store.put("faces", { ...event.data, ...added }, position);
      break;
    }
    default: {
      const row = table === "assets" ? toAssetV2(data as SyncAssetV2) : data;
      store.put(table, row as never, position);
    }
  }
}

/**
 * Skips repeated deletes, which a stream contains if two versions of one request
 * type were requested.
 */
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

/** Returns whether an asset or its EXIF data has already been loaded. */
function isKnown(store: Store, data: object): boolean {
  const { id = "", assetId = "" } = data as { id?: string; assetId?: string };
  return store.find("assets", id) !== undefined ||
    store.find("exifs", assetId) !== undefined;
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
