/**
 * The endpoints for albums.
 *
 * @module
 */
import { ApiError } from "./responses.ts";
import {
  type Caller,
  callerOf,
  fieldsIn,
  forbidden,
  idsIn,
  ownRow,
  respondWithResults,
} from "./caller.ts";
import type { Role } from "./changes/albums.ts";
import { type Exchange, readBody } from "./exchange.ts";
import type { Generation } from "./generation.ts";
import type { Store } from "./store.ts";
import type { Tables } from "./tables.ts";
import { canSeeAlbum, canSeeAsset } from "./timeline_routes.ts";

type Album = Tables["albums"];

/** `GET /albums` */
export function readAlbums(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const { store, userId, query } = caller;
  const { generation, responses } = exchange.state;
  const isAsked = ({ id, ownerId }: Album) =>
    query.get("shared") === "true"
      ? store.where("albumUsers", { albumId: id }).length > 1
      : generation.modern || ownerId === userId;
  const albums = store.rows("albums").map(({ data }) => data)
    .filter((album) =>
      canSeeAlbum(caller, album.id) && isAsked(album) &&
      store.find("users", album.ownerId)?.data.deletedAt === null
    );
  return responses.json(
    albums.map((album) => toAlbum(store, album, generation)),
  );
}

/** `POST /albums` */
export function createAlbum(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const body = readBody(exchange);
  const assetIds = addableIds(caller, idsIn(body, "assetIds"));
  const name = String(body.albumName);
  const album = caller.library.addAlbum({ name }, assetIds);
  return respondWithAlbum(exchange, album, 201);
}

/** `PATCH /albums/:id` */
export function updateAlbum(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const id = editableAlbum(caller, "album.update");
  const changes = fieldsIn<Album>(readBody(exchange), {
    albumName: "name",
    description: "description",
    order: "order",
    isActivityEnabled: "isActivityEnabled",
  });
  return respondWithAlbum(exchange, caller.library.updateAlbum(id, changes));
}

/** `DELETE /albums/:id` */
export function deleteAlbum(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  caller.library.deleteAlbum(ownRow(caller, "albums", "album.delete").id);
  return exchange.state.responses.empty();
}

/** `PUT /albums/:id/assets` */
export function addToAlbum(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const albumId = editableAlbum(caller, "albumAsset.create");
  const ids = idsIn(readBody(exchange), "ids");
  const added = addableIds(caller, ids)
    .filter((id) => !caller.store.find("albumAssets", `${albumId}/${id}`));
  if (added.length > 0) caller.library.addToAlbum(albumId, added);
  return respondWithResults(exchange, ids, added);
}

/** `DELETE /albums/:id/assets` */
export function removeFromAlbum(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const albumId = editableAlbum(caller, "albumAsset.delete");
  const ids = idsIn(readBody(exchange), "ids");
  const removed = ids.filter((id) =>
    caller.store.find("albumAssets", `${albumId}/${id}`)
  );
  if (removed.length > 0) caller.library.removeFromAlbum(albumId, removed);
  return respondWithResults(exchange, ids, removed);
}

/** `PUT /albums/:id/users` */
export function shareAlbum(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const album = ownRow(caller, "albums", "album.share");
  const { albumUsers } = readBody(exchange) as {
    albumUsers: { userId: string; role: Role }[];
  };
  for (const { userId, role } of albumUsers) {
    if (caller.store.find("users", userId) === undefined) {
      throw new ApiError(400, "User not found");
    }
    if (!caller.store.find("albumUsers", `${album.id}/${userId}`)) {
      caller.library.shareAlbum(album.id, userId, role);
    } else if (!exchange.state.generation.modern) {
      throw new ApiError(400, "User already added");
    }
  }
  return respondWithAlbum(exchange, album);
}

/** `PUT /albums/:id/user/:id` */
export function updateAlbumUser(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const { id } = ownRow(caller, "albums", "album.share");
  const userId = albumUser(caller, id);
  const { role } = readBody(exchange) as { role: Role };
  caller.library.shareAlbum(id, userId, role);
  return exchange.state.responses.empty();
}

/** `DELETE /albums/:id/user/:id` */
export function unshareAlbum(exchange: Exchange): Response {
  const caller = callerOf(exchange);
  const { ids: [albumId = "", userId], store } = caller;
  const album = store.find("albums", albumId)?.data;
  const mayLeave = userId === caller.userId && album?.ownerId !== userId;
  if (!mayLeave) ownRow(caller, "albums", "album.share");
  caller.library.unshareAlbum(albumId, albumUser(caller, albumId));
  return exchange.state.responses.empty();
}

/** Returns the second id in the path, which must belong to a user of the album. */
function albumUser(
  { store, ids: [, userId] }: Caller,
  albumId: string,
): string {
  const user = store.find("albumUsers", `${albumId}/${userId}`)?.data;
  if (user === undefined || user.role === "owner") {
    throw new ApiError(400, "Album not shared with user");
  }
  return user.userId;
}

/** Returns the id in the path, if the user may edit the album. */
function editableAlbum(
  { store, userId, ids: [id = ""] }: Caller,
  permission: string,
): string {
  const role = store.find("albumUsers", `${id}/${userId}`)?.data.role;
  if (role === "owner" || role === "editor") return id;
  throw forbidden(permission);
}

/** Returns the ids of the assets that the user may add to an album. */
function addableIds(caller: Caller, ids: readonly string[]): string[] {
  return [...new Set(ids)].filter((id) => {
    const asset = caller.store.find("assets", id)?.data;
    return asset !== undefined && canSeeAsset(caller, asset);
  });
}

function respondWithAlbum(
  { state }: Exchange,
  album: Album,
  status?: number,
): Response {
  const { store, generation, responses } = state;
  return responses.json(toAlbum(store, album, generation), status);
}

function toAlbum(
  store: Store,
  album: Album,
  { modern }: Generation,
): object {
  const { id, name, thumbnailAssetId, ownerId, ...rest } = album;
  const users = store.where("albumUsers", { albumId: id })
    .filter(({ role }) => modern || role !== "owner");
  return {
    ...rest,
    id,
    albumName: name,
    albumThumbnailAssetId: thumbnailAssetId,
    assetCount: store.where("albumAssets", { albumId: id }).length,
    albumUsers: users.map(({ userId, role }) => ({
      user: { id: userId },
      role,
    })),
    ...(modern ? {} : { ownerId }),
  };
}
