/**
 * What users do with albums.
 *
 * @module
 */
import type { SyncAlbumV1 } from "../../protocol/mod.ts";
import type { Store } from "../store.ts";
import { type Actor, change, find } from "./actor.ts";

/** What a user may do in an album that is shared with them. */
export type Role = "editor" | "viewer";

/** Makes an album. */
export function addAlbum(
  { store, userId }: Actor,
  album: Partial<SyncAlbumV1>,
  assetIds: readonly string[],
): SyncAlbumV1 {
  const time = store.time();
  for (const id of assetIds) find(store, "assets", id);
  const made = store.put("albums", {
    id: crypto.randomUUID(),
    name: "Album",
    description: "",
    createdAt: time,
    updatedAt: time,
    thumbnailAssetId: assetIds[0] ?? null,
    isActivityEnabled: true,
    order: "desc",
    ownerId: userId,
    ...album,
  });
  const { id: albumId, ownerId } = made;
  store.put("albumUsers", { albumId, userId: ownerId, role: "owner" });
  for (const assetId of assetIds) {
    store.put("albumAssets", { albumId, assetId });
  }
  return made;
}

/** Changes an album. */
export function updateAlbum(
  store: Store,
  id: string,
  changes: Partial<SyncAlbumV1>,
): SyncAlbumV1 {
  const updatedAt = store.time();
  return change(store, "albums", id, { updatedAt, ...changes, id });
}

/** Puts assets in an album; those that are in it stay as they are. */
export function addToAlbum(
  store: Store,
  albumId: string,
  assetIds: readonly string[],
): void {
  find(store, "albums", albumId);
  for (const id of assetIds) find(store, "assets", id);
  for (const assetId of assetIds) {
    const known = store.find("albumAssets", `${albumId}/${assetId}`);
    if (known === undefined) store.put("albumAssets", { albumId, assetId });
  }
  updateAlbum(store, albumId, {});
}

/** Takes assets out of an album. */
export function removeFromAlbum(
  store: Store,
  albumId: string,
  assetIds: readonly string[],
): void {
  const { thumbnailAssetId } = find(store, "albums", albumId);
  const entries = assetIds.map((assetId) =>
    find(store, "albumAssets", `${albumId}/${assetId}`)
  );
  store.drop("albumAssets", entries);
  for (const assetId of assetIds) {
    store.audit("AlbumToAssetDeleteV1", { albumId, assetId });
  }
  if (thumbnailAssetId === null || !assetIds.includes(thumbnailAssetId)) return;
  const next = store.first("albumAssets", "albumId", albumId);
  updateAlbum(store, albumId, { thumbnailAssetId: next?.assetId ?? null });
}

/** Deletes an album; its assets stay. */
export function deleteAlbum(store: Store, id: string): void {
  const album = find(store, "albums", id);
  const users = store.where("albumUsers", { albumId: id });
  store.drop("albumAssets", store.where("albumAssets", { albumId: id }));
  store.drop("albumUsers", users);
  store.drop("albums", [album]);
  const ids = [album.ownerId, ...users.map(({ userId }) => userId)];
  for (const userId of new Set(ids)) {
    store.audit("AlbumDeleteV1", { albumId: id }, { userId });
  }
}

/** Lets a user see an album, or changes what they may do. */
export function shareAlbum(
  store: Store,
  albumId: string,
  userId: string,
  role: Role,
): void {
  const { ownerId } = find(store, "albums", albumId);
  find(store, "users", userId);
  if (userId === ownerId) {
    throw new RangeError(
      `Cannot share album: "${userId}" owns it, it must be another user`,
    );
  }
  const isNew = store.find("albumUsers", `${albumId}/${userId}`) === undefined;
  store.put("albumUsers", { albumId, userId, role });
  if (isNew) updateAlbum(store, albumId, {});
}

/** Takes an album from a user; they may do so themselves. */
export function unshareAlbum(
  store: Store,
  albumId: string,
  userId: string,
): void {
  const user = find(store, "albumUsers", `${albumId}/${userId}`);
  if (user.role === "owner") {
    throw new RangeError(
      `Cannot unshare album: "${userId}" owns it, it must be another user`,
    );
  }
  store.drop("albumUsers", [user]);
  store.audit("AlbumUserDeleteV1", { userId, albumId });
  store.audit("AlbumDeleteV1", { albumId }, { userId });
}
