/**
 * The users of a server, and their settings.
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

/** Changes the account of a user. */
export function updateUser(
  { store, userId: id }: Actor,
  changes: Partial<SyncAuthUserV1>,
): SyncAuthUserV1 {
  return change(store, "users", id, { ...changes, id });
}

/** Deletes a user softly: an admin can restore them, and nothing of theirs is gone. */
export function softDeleteUser(store: Store, id: string): SyncAuthUserV1 {
  return setDeletedAt(store, id, store.time());
}

/** Restores a user who was deleted softly. */
export function restoreUser(store: Store, id: string): SyncAuthUserV1 {
  return setDeletedAt(store, id, null);
}

/** The albums of a user are deleted and restored with them, and sent again. */
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
 * Deletes a user for good, and all that is theirs. What the database deletes
 * along with a user leaves no trace in the stream, but for the albums that they
 * owned or were a user of.
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

/** What belongs to an asset, or shows it. */
const OF_ASSETS = [
  "exifs",
  "edits",
  "assetMetadata",
  "ocr",
  "faces",
  "albumAssets",
  "memoryAssets",
] as const;

/** Changes settings. */
export function setSettings(
  { store, userId }: Actor,
  key: UserMetadataKey,
  value: Record<string, unknown>,
): void {
  store.put("userMetadata", { userId, key, value });
}

/** Forgets settings. */
export function deleteSettings(
  { store, userId }: Actor,
  key: UserMetadataKey,
): void {
  const settings = find(store, "userMetadata", `${userId}/${key}`);
  store.drop("userMetadata", [settings]);
  store.audit("UserMetadataDeleteV1", { userId, key }, { userId });
}
