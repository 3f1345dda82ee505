/**
 * The users of a server, and their settings.
 *
 * @module
 */
import type { SyncAuthUserV1, UserMetadataKey } from "../../protocol.ts";
import type { Store } from "../store.ts";
import { NO_ACCOUNT } from "../tables.ts";
import { type Actor, change, find } from "./actor.ts";
import { deleteAlbum, unshareAlbum } from "./albums.ts";
import { deleteAsset } from "./assets.ts";
import { removePartner } from "./partners.ts";

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

/** Deletes a user for good, and all that is theirs. */
export function deleteUser(store: Store, id: string): void {
  const user = find(store, "users", id);
  for (const album of store.where("albums", { ownerId: id })) {
    deleteAlbum(store, album.id);
  }
  for (const { albumId } of store.where("albumUsers", { userId: id })) {
    unshareAlbum(store, albumId, id);
  }
  const actor = { store, userId: id };
  for (const { sharedWithId } of store.where("partners", { sharedById: id })) {
    removePartner(actor, sharedWithId);
  }
  for (const { sharedById } of store.where("partners", { sharedWithId: id })) {
    removePartner({ store, userId: sharedById }, id);
  }
  for (const asset of store.where("assets", { ownerId: id })) {
    deleteAsset(actor, asset.id);
  }
  for (const memory of store.where("memories", { ownerId: id })) {
    const entries = store.where("memoryAssets", { memoryId: memory.id });
    store.drop("memoryAssets", entries);
  }
  for (const table of ["stacks", "memories", "people"] as const) {
    store.drop(table, store.where(table, { ownerId: id }));
  }
  store.drop("userMetadata", store.where("userMetadata", { userId: id }));
  store.drop("users", [user]);
  store.audit("UserDeleteV1", { userId: id });
}

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
