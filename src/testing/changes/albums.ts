/**
 * Changes to albums.
 *
 * @module
 */
import type { SyncAlbumV1 } from "../../protocol/mod.ts";
import type { Store } from "../store.ts";
import { type Actor, change, find } from "./actor.ts";

/** A user's role in a shared album. */
export type Role = "editor" | "viewer";

/** Creates an album. */
export function addAlbum(
  { store, userId }: Actor,
  album: Partial<SyncAlbumV1>,
  assetIds: readonly string[],
): SyncAlbumV1 {
  const time = store.time();
  for (const id of assetIds) find(store, "assets", id);
  const added = store.put("albums", {
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
  const { id: albumId, ownerId } = added;
  store.put("albumUsers", { albumId, userId: ownerId, role: "owner" });
  for (const assetId of assetIds) {
    store.put("albumAssets", { albumId, assetId });
  }
  return added;
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

/** Adds assets to an album, except assets that the album already contains. */
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

/** Removes assets from an album. */
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

/** Deletes an album, but not its assets. */
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

/** Shares an album with a user, or changes the user's role. */
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
      `Cannot share album: "${userId}" is its owner`,
    );
  }
  const isNew = store.find("albumUsers", `${albumId}/${userId}`) === undefined;
  store.put("albumUsers", { albumId, userId, role });
  if (isNew) updateAlbum(store, albumId, {});
}

/** Removes a user from an album. */
export function unshareAlbum(
  store: Store,
  albumId: string,
  userId: string,
): void {
  const user = find(store, "albumUsers", `${albumId}/${userId}`);
  if (user.role === "owner") {
    throw new RangeError(
      `Cannot unshare album: "${userId}" is its owner`,
    );
  }
  store.drop("albumUsers", [user]);
  store.audit("AlbumUserDeleteV1", { userId, albumId });
  store.audit("AlbumDeleteV1", { albumId }, { userId });
}
