/**
 * What the users of a server do with their library.
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
 * The library of a `FakeImmich`: each method is something that a user does, and
 * the next stream of whoever sees it tells of it. Nobody is asked for permission.
 *
 * @example A change, and the event that tells of it
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

  /** Opens the library of a user. */
  constructor(store: Store, userId: string) {
    this.#actor = { store, userId };
    this.#store = store;
  }

  /** The library of another user. */
  as(userId: string): FakeLibrary {
    find(this.#store, "users", userId);
    return new FakeLibrary(this.#store, userId);
  }

  /** All assets of the user, also those in the trash. */
  get assets(): SyncAssetV2[] {
    return this.#store.where("assets", { ownerId: this.#actor.userId });
  }

  /** All albums of the user. */
  get albums(): SyncAlbumV1[] {
    return this.#store.where("albums", { ownerId: this.#actor.userId });
  }

  /** Adds another user to the server. */
  addUser(user: Partial<SyncAuthUserV1> & { email: string }): SyncAuthUserV1 {
    return users.addUser(this.#store, user);
  }

  /** Changes the account of this user. */
  updateUser(changes: Partial<SyncAuthUserV1>): SyncAuthUserV1 {
    return users.updateUser(this.#actor, changes);
  }

  /** Deletes a user softly: an upsert with `deletedAt`. They can no longer sign in. */
  softDeleteUser(id: string): SyncAuthUserV1 {
    return users.softDeleteUser(this.#store, id);
  }

  /** Restores a user who was deleted softly. */
  restoreUser(id: string): SyncAuthUserV1 {
    return users.restoreUser(this.#store, id);
  }

  /** Deletes a user for good, and all that is theirs. */
  deleteUser(id: string): void {
    users.deleteUser(this.#store, id);
  }

  /** Changes a group of this user's settings. */
  setSettings(key: UserMetadataKey, value: Record<string, unknown>): void {
    users.setSettings(this.#actor, key, value);
  }

  /** Forgets a group of this user's settings. */
  deleteSettings(key: UserMetadataKey): void {
    users.deleteSettings(this.#actor, key);
  }

  /** Shows all assets of this user to another. */
  addPartner(userId: string): void {
    partners.addPartner(this.#actor, userId);
  }

  /** Shows the assets of a partner among the own ones, or no longer. */
  updatePartner(userId: string, inTimeline: boolean): void {
    partners.updatePartner(this.#actor, userId, inTimeline);
  }

  /** Shows no more assets of this user to another. */
  removePartner(userId: string): void {
    partners.removePartner(this.#actor, userId);
  }

  /** Uploads a picture. */
  addAsset(asset: Partial<SyncAssetV2> = {}): SyncAssetV2 {
    return assets.addAsset(this.#actor, asset);
  }

  /** Changes a picture. */
  updateAsset(id: string, changes: Partial<SyncAssetV2>): SyncAssetV2 {
    return change(this.#store, "assets", id, { ...changes, id });
  }

  /** Changes what is known about a picture. */
  updateExif(id: string, changes: Partial<SyncAssetExifV1>): SyncAssetExifV1 {
    return change(this.#store, "exifs", id, { ...changes, assetId: id });
  }

  /** Moves a picture to the trash: a soft delete, which the stream sends as an upsert. */
  trashAsset(id: string): SyncAssetV2 {
    return this.updateAsset(id, { deletedAt: this.#store.time() });
  }

  /** Takes a picture out of the trash. */
  restoreAsset(id: string): SyncAssetV2 {
    return this.updateAsset(id, { deletedAt: null });
  }

  /** Deletes a picture for good, and takes it out of its albums. */
  deleteAsset(id: string): void {
    assets.deleteAsset(this.#actor, id);
  }

  /** Edits a picture, in place of what was done to it before; without edits, it is as it was. */
  editAsset(id: string, edits: Partial<SyncAssetEditV1>[]): void {
    notes.editAsset(this.#store, id, edits);
  }

  /** Keeps an entry of an application on a picture. */
  setMetadata(id: string, key: string, value: Record<string, unknown>): void {
    notes.setMetadata(this.#store, id, key, value);
  }

  /** Takes an entry of an application off a picture. */
  deleteMetadata(id: string, key: string): void {
    notes.deleteMetadata(this.#store, id, key);
  }

  /** Finds a text in a picture. */
  addOcr(assetId: string, ocr: Partial<SyncAssetOcrV1> = {}): SyncAssetOcrV1 {
    return notes.addOcr(this.#store, assetId, ocr);
  }

  /** Changes a text that was found. */
  updateOcr(id: string, changes: Partial<SyncAssetOcrV1>): SyncAssetOcrV1 {
    return change(this.#store, "ocr", id, { ...changes, id });
  }

  /** Forgets all texts in a picture. */
  deleteOcr(assetId: string): void {
    notes.deleteOcr(this.#store, assetId);
  }

  /** Makes an album. */
  addAlbum(album: Partial<SyncAlbumV1> = {}, ids: string[] = []): SyncAlbumV1 {
    return albums.addAlbum(this.#actor, album, ids);
  }

  /** Changes an album. */
  updateAlbum(id: string, changes: Partial<SyncAlbumV1>): SyncAlbumV1 {
    return albums.updateAlbum(this.#store, id, changes);
  }

  /** Puts pictures in an album. */
  addToAlbum(albumId: string, assetIds: string[]): void {
    albums.addToAlbum(this.#store, albumId, assetIds);
  }

  /** Takes pictures out of an album. */
  removeFromAlbum(albumId: string, assetIds: string[]): void {
    albums.removeFromAlbum(this.#store, albumId, assetIds);
  }

  /** Shares an album with a user, or changes what they may do in it. */
  shareAlbum(
    albumId: string,
    userId: string,
    role: albums.Role = "viewer",
  ): void {
    albums.shareAlbum(this.#store, albumId, userId, role);
  }

  /** Takes an album from a user; they may leave it themselves. */
  unshareAlbum(albumId: string, userId: string): void {
    albums.unshareAlbum(this.#store, albumId, userId);
  }

  /** Deletes an album; its pictures stay. */
  deleteAlbum(id: string): void {
    albums.deleteAlbum(this.#store, id);
  }

  /** Stacks pictures; the first is on top. */
  addStack(assetIds: string[], stack: Partial<SyncStackV1> = {}): SyncStackV1 {
    return stacks.addStack(this.#actor, assetIds, stack);
  }

  /** Changes a stack: which picture is on top. */
  updateStack(id: string, changes: Partial<SyncStackV1>): SyncStackV1 {
    return stacks.updateStack(this.#store, id, changes);
  }

  /** Deletes a stack; its pictures stay. */
  deleteStack(id: string): void {
    stacks.deleteStack(this.#store, id);
  }

  /** Makes a memory. */
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

  /** Puts pictures in a memory. */
  addToMemory(memoryId: string, assetIds: string[]): void {
    memories.addToMemory(this.#store, memoryId, assetIds);
  }

  /** Takes pictures out of a memory. */
  removeFromMemory(memoryId: string, assetIds: string[]): void {
    memories.removeFromMemory(this.#store, memoryId, assetIds);
  }

  /** Deletes a memory; its pictures stay. */
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

  /** Deletes a person; the faces stay, and are nobody's. */
  deletePerson(id: string): void {
    people.deletePerson(this.#store, id);
  }

  /** Marks a face in a picture. */
  addFace(id: string, face: Partial<SyncAssetFaceV2> = {}): SyncAssetFaceV2 {
    return people.addFace(this.#store, id, face);
  }

  /** Changes a face: whose it is. */
  updateFace(id: string, changes: Partial<SyncAssetFaceV2>): SyncAssetFaceV2 {
    return change(this.#store, "faces", id, { ...changes, id });
  }

  /** Removes a face by hand: a soft delete, which the stream sends as an upsert. */
  removeFace(id: string): SyncAssetFaceV2 {
    return this.updateFace(id, { deletedAt: this.#store.time() });
  }

  /** Deletes a face for good. */
  deleteFace(id: string): void {
    people.deleteFace(this.#store, id);
  }
}
