/**
 * Changes to users and their settings.
 *
 * @module
 */
import type { SyncAuthUserV1, UserMetadataKey } from "../../protocol/mod.ts";
import type { Store } from "../store.ts";
import { NO_ACCOUNT } from "../tables.ts";
import { type Actor, change, find } from "./actor.ts";
import { deleteAlbum, unshareAlbum, updateAlbum } from "./albums.ts";

/** Adds a user. */
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

/** Changes a user's account. */
export function updateUser(
  { store, userId: id }: Actor,
  changes: Partial<SyncAuthUserV1>,
): SyncAuthUserV1 {
  return change(store, "users", id, { ...changes, id });
}

/** Soft-deletes a user: nothing is removed, and an administrator can restore the user. */
export function softDeleteUser(store: Store, id: string): SyncAuthUserV1 {
  return setDeletedAt(store, id, store.time());
}

/** Restores a soft-deleted user. */
export function restoreUser(store: Store, id: string): SyncAuthUserV1 {
  return setDeletedAt(store, id, null);
}

/**
 * Also updates the user's albums: a server soft-deletes, restores and resends a
 * user's albums along with the user.
 */
function setDeletedAt(
  store: Store,
  id: string,
  deletedAt: string | null,
): SyncAuthUserV1 {
  find(store, "users", id);
  for (const album of store.where("albums", { ownerId: id })) {
    updateAlbum(store, album.id, {});
  }
  return change(store, "users", id, { deletedAt });
}

/**
 * Permanently deletes a user and everything that belongs to them. The stream
 * contains deletes for the user's albums and album memberships, but not for the
 * other rows that the database deletes along with a user.
 */
export function deleteUser(store: Store, id: string): void {
  const user = find(store, "users", id);
  for (const album of store.where("albums", { ownerId: id })) {
    deleteAlbum(store, album.id);
  }
  store.drop("users", [user]);
  store.audit("UserDeleteV1", { userId: id });
  for (const { albumId } of store.where("albumUsers", { userId: id })) {
    unshareAlbum(store, albumId, id);
  }
  const assets = store.where("assets", { ownerId: id });
  for (const { id: assetId } of assets) {
    for (const table of OF_ASSETS) {
      store.drop(table, store.where(table, { assetId }));
    }
  }
  const memories = store.where("memories", { ownerId: id });
  for (const { id: memoryId } of memories) {
    store.drop("memoryAssets", store.where("memoryAssets", { memoryId }));
  }
  for (const table of ["assets", "stacks", "memories", "people"] as const) {
    store.drop(table, store.where(table, { ownerId: id }));
  }
  for (const side of ["sharedById", "sharedWithId"]) {
    store.drop("partners", store.where("partners", { [side]: id }));
  }
  store.drop("userMetadata", store.where("userMetadata", { userId: id }));
}

/** Tables whose rows belong to an asset, or make an asset visible. */
const OF_ASSETS = [
  "exifs",
  "edits",
  "assetMetadata",
  "ocr",
  "faces",
  "albumAssets",
  "memoryAssets",
] as const;

/** Sets one of the user's groups of settings. */
export function setSettings(
  { store, userId }: Actor,
  key: UserMetadataKey,
  value: Record<string, unknown>,
): void {
  store.put("userMetadata", { userId, key, value });
}

/** Deletes one of the user's groups of settings. */
export function deleteSettings(
  { store, userId }: Actor,
  key: UserMetadataKey,
): void {
  const settings = find(store, "userMetadata", `${userId}/${key}`);
  store.drop("userMetadata", [settings]);
  store.audit("UserMetadataDeleteV1", { userId, key }, { userId });
}
