/**
 * Rows in the shapes in which servers send them.
 *
 * @module
 */
import type { SyncAssetV1, SyncUserV1 } from "../protocol/mod.ts";
import type { Tables } from "./tables.ts";

/** The user as everybody sees it: without the secrets. */
export function toUserV1(user: Tables["users"]): SyncUserV1 {
  const { id, name, email, avatarColor = null, deletedAt } = user;
  const { profileChangedAt, hasProfileImage } = user;
  const known = { id, name, email, avatarColor, deletedAt };
  return { ...known, profileChangedAt, hasProfileImage };
}

/** The album without its owner. */
export function toAlbumV2(
  { ownerId: _, ...album }: Tables["albums"],
): object {
  return album;
}

/** The face as servers up to 2.5 send it. */
export function toFaceV1(
  { isVisible: _, deletedAt: __, ...face }: Tables["faces"],
): object {
  return face;
}

/** The asset as servers up to 2.x send it. */
export function toAssetV1(
  { createdAt: _, ...asset }: Tables["assets"],
): SyncAssetV1 {
  const { duration } = asset;
  return {
    ...asset,
    duration: duration === null
      ? null
      : new Date(duration).toISOString().slice(11, -1),
  };
}
