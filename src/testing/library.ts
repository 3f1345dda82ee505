/**
 * What the users of a server do with their library.
 *
 * @module
 */
import type {
  SyncAlbumV1,
  SyncAssetExifV1,
  SyncAssetV2,
  SyncAuthUserV1,
} from "../protocol.ts";
import { NO_ACCOUNT, type Store } from "./store.ts";

/** SHA-1 of nothing, base64. */
const EMPTY_CHECKSUM = "2jmj7l5rSw0yVb/vlWAYkK/YBwk=";

/**
 * The library of a `FakeImmich`: each method is something that a user does, and
 * the next sync stream tells of it.
 *
 * @example A change, and the event that tells of it
 * ```ts
 * import { syncAck, syncStream } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * const { fetch, library } = server;
 * const session = server.createSession();
 * const sync = async () => {
 *   const stream = await syncStream(session, ["AssetsV2"], { fetch });
 *   const events = await Array.fromAsync(stream);
 *   await syncAck(session, events, { fetch });
 *   return events.map((event) => event.type);
 * };
 *
 * const { id } = library.addAsset({ originalFileName: "beach.jpg" });
 * assertEquals(await sync(), ["AssetV2", "SyncCompleteV1"]);
 * library.deleteAsset(id);
 * assertEquals(await sync(), ["AssetDeleteV1", "SyncCompleteV1"]);
 * ```
 */
export class FakeLibrary {
  readonly #store: Store;
  readonly #userId: string;

  /** Opens the library of a user. */
  constructor(store: Store, userId: string) {
    this.#store = store;
    this.#userId = userId;
  }

  /** All assets of the user, also those in the trash. */
  get assets(): SyncAssetV2[] {
    return this.#store.where("assets", { ownerId: this.#userId });
  }

  /** All albums of the user. */
  get albums(): SyncAlbumV1[] {
    return this.#store.where("albums", { ownerId: this.#userId });
  }

  /** Adds another user to the server. */
  addUser(user: Partial<SyncAuthUserV1> & { email: string }): SyncAuthUserV1 {
    return addUser(this.#store, user);
  }

  /** Uploads a picture. */
  addAsset(asset: Partial<SyncAssetV2> = {}): SyncAssetV2 {
    const time = this.#store.time();
    const id = asset.id ?? crypto.randomUUID();
    this.#store.put("exifs", { ...noExif(id), dateTimeOriginal: time });
    return this.#store.put("assets", {
      id,
      ownerId: this.#userId,
      originalFileName: "IMG_0001.JPG",
      fileCreatedAt: time,
      fileModifiedAt: time,
      createdAt: time,
      localDateTime: time,
      type: "IMAGE",
      deletedAt: null,
      isFavorite: false,
      visibility: "timeline",
      duration: null,
      livePhotoVideoId: null,
      stackId: null,
      libraryId: null,
      width: 640,
      height: 480,
      isEdited: false,
      checksum: EMPTY_CHECKSUM,
      thumbhash: null,
      ...asset,
    });
  }

  /** Changes a picture. */
  updateAsset(id: string, changes: Partial<SyncAssetV2>): SyncAssetV2 {
    const asset = this.#find("assets", id);
    return this.#store.put("assets", { ...asset, ...changes, id });
  }

  /** Changes what is known about a picture. */
  updateExif(id: string, changes: Partial<SyncAssetExifV1>): SyncAssetExifV1 {
    const exif = this.#find("exifs", id);
    return this.#store.put("exifs", { ...exif, ...changes, assetId: id });
  }

  /** Moves a picture to the trash: a soft delete, which the stream sends as an upsert. */
  trashAsset(id: string): SyncAssetV2 {
    return this.updateAsset(id, { deletedAt: this.#store.time() });
  }

  /** Deletes a picture for good, and takes it out of its albums. */
  deleteAsset(id: string): void {
    const asset = this.#find("assets", id);
    const store = this.#store;
    for (const entry of store.where("albumAssets", { assetId: id })) {
      this.removeFromAlbum(entry.albumId, [id]);
    }
    store.drop("memoryAssets", store.where("memoryAssets", { assetId: id }));
    store.drop("faces", store.where("faces", { assetId: id }));
    store.drop("ocr", store.where("ocr", { assetId: id }));
    store.drop("edits", store.where("edits", { assetId: id }));
    store.drop("assetMetadata", store.where("assetMetadata", { assetId: id }));
    store.drop("exifs", store.where("exifs", { assetId: id }));
    store.drop("assets", [asset]);
    store.audit("AssetDeleteV1", { assetId: id }, { userId: asset.ownerId });
  }

  /** Makes an album. */
  addAlbum(
    album: Partial<SyncAlbumV1> = {},
    assetIds: string[] = [],
  ): SyncAlbumV1 {
    const time = this.#store.time();
    const made = this.#store.put("albums", {
      id: crypto.randomUUID(),
      name: "Album",
      description: "",
      createdAt: time,
      updatedAt: time,
      thumbnailAssetId: assetIds[0] ?? null,
      isActivityEnabled: true,
      order: "desc",
      ownerId: this.#userId,
      ...album,
    });
    const { id: albumId, ownerId: userId } = made;
    this.#store.put("albumUsers", { albumId, userId, role: "owner" });
    for (const assetId of assetIds) {
      this.#store.put("albumAssets", { albumId, assetId });
    }
    return made;
  }

  /** Changes an album. */
  updateAlbum(id: string, changes: Partial<SyncAlbumV1>): SyncAlbumV1 {
    const album = this.#find("albums", id);
    const updatedAt = this.#store.time();
    return this.#store.put("albums", { ...album, updatedAt, ...changes, id });
  }

  /** Puts pictures in an album. */
  addToAlbum(albumId: string, assetIds: string[]): void {
    for (const assetId of assetIds) {
      this.#find("assets", assetId);
      this.#store.put("albumAssets", { albumId, assetId });
    }
    this.updateAlbum(albumId, {});
  }

  /** Takes pictures out of an album. */
  removeFromAlbum(albumId: string, assetIds: string[]): void {
    for (const assetId of assetIds) {
      this.#store.drop("albumAssets", [{ albumId, assetId }]);
      this.#store.audit("AlbumToAssetDeleteV1", { albumId, assetId });
    }
  }

  /** Deletes an album; its pictures stay. */
  deleteAlbum(id: string): void {
    const album = this.#find("albums", id);
    const store = this.#store;
    const users = store.where("albumUsers", { albumId: id });
    store.drop("albumAssets", store.where("albumAssets", { albumId: id }));
    store.drop("albumUsers", users);
    store.drop("albums", [album]);
    for (
      const userId of new Set([
        album.ownerId,
        ...users.map((user) => user.userId),
      ])
    ) {
      store.audit("AlbumDeleteV1", { albumId: id }, { userId });
    }
  }

  #find(table: "assets", key: string): SyncAssetV2;
  #find(table: "exifs", key: string): SyncAssetExifV1;
  #find(table: "albums", key: string): SyncAlbumV1;
  #find(table: "assets" | "exifs" | "albums", key: string): object {
    const row = this.#store.find(table, key);
    if (row !== undefined) return row.data;
    throw new RangeError(`Cannot change the library: ${table} has no "${key}"`);
  }
}

/** Adds a user to a server. */
export function addUser(
  store: Store,
  user: Partial<SyncAuthUserV1> & { email: string },
): SyncAuthUserV1 {
  return store.put("users", {
    id: crypto.randomUUID(),
    name: user.email.replace(/@.*/, ""),
    avatarColor: null,
    deletedAt: null,
    profileChangedAt: store.time(),
    hasProfileImage: false,
    ...NO_ACCOUNT,
    ...user,
  });
}

function noExif(assetId: string): SyncAssetExifV1 {
  return {
    assetId,
    description: "",
    exifImageWidth: 640,
    exifImageHeight: 480,
    fileSizeInByte: 0,
    orientation: null,
    dateTimeOriginal: null,
    modifyDate: null,
    timeZone: null,
    latitude: null,
    longitude: null,
    projectionType: null,
    city: null,
    state: null,
    country: null,
    make: null,
    model: null,
    lensModel: null,
    fNumber: null,
    focalLength: null,
    iso: null,
    exposureTime: null,
    profileDescription: null,
    rating: null,
    fps: null,
  };
}
