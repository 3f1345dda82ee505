/**
 * A user's library, with methods to change it.
 *
 * @module
 */
import type {
  SyncAlbumV1,
  SyncAssetEditV1,
  SyncAssetExifV1,
  SyncAssetFaceV2,
  SyncAssetOcrV1,
  SyncAssetV2,
  SyncAuthUserV1,
  SyncMemoryV1,
  SyncPersonV1,
  SyncStackV1,
  UserMetadataKey,
} from "../protocol/mod.ts";
import { type Actor, change, find } from "./changes/actor.ts";
import * as albums from "./changes/albums.ts";
import * as assets from "./changes/assets.ts";
import * as memories from "./changes/memories.ts";
import * as notes from "./changes/notes.ts";
import * as partners from "./changes/partners.ts";
import * as people from "./changes/people.ts";
import * as stacks from "./changes/stacks.ts";
import * as users from "./changes/users.ts";
import type { Store } from "./store.ts";

/**
 * A user's library on `FakeImmich`. Each method makes a change. Users who can see
 * the change receive it in their next stream. Permissions are not checked.
 *
 * @example Delete an asset, and receive the event
 * ```ts
 * import { syncStream } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * const { fetch, library } = server;
 * library.deleteAsset(library.addAsset().id);
 * const stream = await syncStream(server.createSession(), ["AssetsV2"], { fetch });
 * const [event] = await Array.fromAsync(stream);
 * assertEquals(event?.type, "AssetDeleteV1");
 * ```
 */
export class FakeLibrary {
  readonly #actor: Actor;
  readonly #store: Store;

  /** @internal */
  constructor(store: Store, userId: string) {
    this.#actor = { store, userId };
    this.#store = store;
  }

  /** Returns another user's library. */
  as(userId: string): FakeLibrary {
    find(this.#store, "users", userId);
    return new FakeLibrary(this.#store, userId);
  }

  /** The user's assets, including those in the trash. */
  get assets(): SyncAssetV2[] {
    return this.#store.where("assets", { ownerId: this.#actor.userId });
  }

  /** The user's albums. */
  get albums(): SyncAlbumV1[] {
    return this.#store.where("albums", { ownerId: this.#actor.userId });
  }

  /** Adds another user to the server. */
  addUser(user: Partial<SyncAuthUserV1> & { email: string }): SyncAuthUserV1 {
    return users.addUser(this.#store, user);
  }

  /** Changes this user's account. */
  updateUser(changes: Partial<SyncAuthUserV1>): SyncAuthUserV1 {
    return users.updateUser(this.#actor, changes);
  }

  /** Soft-deletes a user: sends an upsert with `deletedAt`, and ends their access. */
  softDeleteUser(id: string): SyncAuthUserV1 {
    return users.softDeleteUser(this.#store, id);
  }

  /** Restores a soft-deleted user. */
  restoreUser(id: string): SyncAuthUserV1 {
    return users.restoreUser(this.#store, id);
  }

  /** Permanently deletes a user and everything that belongs to them. */
  deleteUser(id: string): void {
    users.deleteUser(this.#store, id);
  }

  /** Sets a group of this user's settings. */
  setSettings(key: UserMetadataKey, value: Record<string, unknown>): void {
    users.setSettings(this.#actor, key, value);
  }

  /** Deletes a group of this user's settings. */
  deleteSettings(key: UserMetadataKey): void {
    users.deleteSettings(this.#actor, key);
  }

  /** Shares all assets with another user. */
  addPartner(userId: string): void {
    partners.addPartner(this.#actor, userId);
  }

  /** Shows or hides a partner's assets in the user's own timeline. */
  updatePartner(userId: string, inTimeline: boolean): void {
    partners.updatePartner(this.#actor, userId, inTimeline);
  }

  /** Stops sharing assets with another user. */
  removePartner(userId: string): void {
    partners.removePartner(this.#actor, userId);
  }

  /** Adds an asset. */
  addAsset(asset: Partial<SyncAssetV2> = {}): SyncAssetV2 {
    return assets.addAsset(this.#actor, asset);
  }

  /** Changes an asset. */
  updateAsset(id: string, changes: Partial<SyncAssetV2>): SyncAssetV2 {
    return change(this.#store, "assets", id, { ...changes, id });
  }

  /** Changes the EXIF data of an asset. */
  updateExif(id: string, changes: Partial<SyncAssetExifV1>): SyncAssetExifV1 {
    return change(this.#store, "exifs", id, { ...changes, assetId: id });
  }

  /** Moves an asset to the trash. The stream sends this soft delete as an upsert. */
  trashAsset(id: string): SyncAssetV2 {
    return this.updateAsset(id, { deletedAt: this.#store.time() });
  }

  /** Restores an asset from the trash. */
  restoreAsset(id: string): SyncAssetV2 {
    return this.updateAsset(id, { deletedAt: null });
  }

  /** Permanently deletes an asset, and removes it from its albums. */
  deleteAsset(id: string): void {
    assets.deleteAsset(this.#actor, id);
  }

  /** Replaces the edits of an asset. An empty list restores the original. */
  editAsset(id: string, edits: Partial<SyncAssetEditV1>[]): void {
    notes.editAsset(this.#store, id, edits);
  }

  /** Sets a metadata entry for an asset. */
  setMetadata(id: string, key: string, value: Record<string, unknown>): void {
    notes.setMetadata(this.#store, id, key, value);
  }

  /** Deletes a metadata entry from an asset. */
  deleteMetadata(id: string, key: string): void {
    notes.deleteMetadata(this.#store, id, key);
  }

  /** Adds a text box to an asset. */
  addOcr(assetId: string, ocr: Partial<SyncAssetOcrV1> = {}): SyncAssetOcrV1 {
    return notes.addOcr(this.#store, assetId, ocr);
  }

  /** Changes a text box. */
  updateOcr(id: string, changes: Partial<SyncAssetOcrV1>): SyncAssetOcrV1 {
    return change(this.#store, "ocr", id, { ...changes, id });
  }

  /** Deletes all text boxes from an asset. */
  deleteOcr(assetId: string): void {
    notes.deleteOcr(this.#store, assetId);
  }

  /** Creates an album. */
  addAlbum(album: Partial<SyncAlbumV1> = {}, ids: string[] = []): SyncAlbumV1 {
    return albums.addAlbum(this.#actor, album, ids);
  }

  /** Changes an album. */
  updateAlbum(id: string, changes: Partial<SyncAlbumV1>): SyncAlbumV1 {
    return albums.updateAlbum(this.#store, id, changes);
  }

  /** Adds assets to an album. */
  addToAlbum(albumId: string, assetIds: string[]): void {
    albums.addToAlbum(this.#store, albumId, assetIds);
  }

  /** Removes assets from an album. */
  removeFromAlbum(albumId: string, assetIds: string[]): void {
    albums.removeFromAlbum(this.#store, albumId, assetIds);
  }

  /** Shares an album with a user, or changes the user's role. */
  shareAlbum(
    albumId: string,
    userId: string,
    role: albums.Role = "viewer",
  ): void {
    albums.shareAlbum(this.#store, albumId, userId, role);
  }

  /** Removes a user from an album. */
  unshareAlbum(albumId: string, userId: string): void {
    albums.unshareAlbum(this.#store, albumId, userId);
  }

  /** Deletes an album, but not its assets. */
  deleteAlbum(id: string): void {
    albums.deleteAlbum(this.#store, id);
  }

  /** Stacks assets. The first asset becomes the primary asset. */
  addStack(assetIds: string[], stack: Partial<SyncStackV1> = {}): SyncStackV1 {
    return stacks.addStack(this.#actor, assetIds, stack);
  }

  /** Changes a stack, for example its primary asset. */
  updateStack(id: string, changes: Partial<SyncStackV1>): SyncStackV1 {
    return stacks.updateStack(this.#store, id, changes);
  }

  /** Deletes a stack, but not its assets. */
  deleteStack(id: string): void {
    stacks.deleteStack(this.#store, id);
  }

  /** Creates a memory. */
  addMemory(
    memory: Partial<SyncMemoryV1> = {},
    assetIds: string[] = [],
  ): SyncMemoryV1 {
    return memories.addMemory(this.#actor, memory, assetIds);
  }

  /** Changes a memory. */
  updateMemory(id: string, changes: Partial<SyncMemoryV1>): SyncMemoryV1 {
    return memories.updateMemory(this.#store, id, changes);
  }

  /** Adds assets to a memory. */
  addToMemory(memoryId: string, assetIds: string[]): void {
    memories.addToMemory(this.#store, memoryId, assetIds);
  }

  /** Removes assets from a memory. */
  removeFromMemory(memoryId: string, assetIds: string[]): void {
    memories.removeFromMemory(this.#store, memoryId, assetIds);
  }

  /** Deletes a memory, but not its assets. */
  deleteMemory(id: string): void {
    memories.deleteMemory(this.#store, id);
  }

  /** Adds a person. */
  addPerson(person: Partial<SyncPersonV1> = {}): SyncPersonV1 {
    return people.addPerson(this.#actor, person);
  }

  /** Changes a person. */
  updatePerson(id: string, changes: Partial<SyncPersonV1>): SyncPersonV1 {
    return people.updatePerson(this.#store, id, changes);
  }

  /** Deletes a person, but not the person's faces. */
  deletePerson(id: string): void {
    people.deletePerson(this.#store, id);
  }

  /** Adds a face to an asset. */
  addFace(id: string, face: Partial<SyncAssetFaceV2> = {}): SyncAssetFaceV2 {
    return people.addFace(this.#store, id, face);
  }

  /** Changes a face, for example its person. */
  updateFace(id: string, changes: Partial<SyncAssetFaceV2>): SyncAssetFaceV2 {
    return change(this.#store, "faces", id, { ...changes, id });
  }

  /** Removes a face. The stream sends this soft delete as an upsert. */
  removeFace(id: string): SyncAssetFaceV2 {
    return this.updateFace(id, { deletedAt: this.#store.time() });
  }

  /** Permanently deletes a face. */
  deleteFace(id: string): void {
    people.deleteFace(this.#store, id);
  }
}
