/**
 * Converts rows to the formats of other request types.
 *
 * @module
 */
import type {
  SyncAssetV1,
  SyncAuthUserV2,
  SyncUserV1,
} from "../protocol/mod.ts";
import type { Tables } from "./tables.ts";

/** Converts a user to the public format, which contains no secrets. */
export function toUserV1(user: Tables["users"]): SyncUserV1 {
  const { id, name, email, avatarColor = null, deletedAt } = user;
  const { profileChangedAt, hasProfileImage } = user;
  const known = { id, name, email, avatarColor, deletedAt };
  return { ...known, profileChangedAt, hasProfileImage };
}

/** Converts a user to the format that servers use from 3.3 on. */
export function toAuthUserV2(
  { oauthId, ...user }: Tables["users"],
): SyncAuthUserV2 {
  return { ...user, oauthId: oauthId === "" ? null : oauthId };
}

/** Converts an album to the format that does not contain the owner. */
export function toAlbumV2(
  { ownerId: _, ...album }: Tables["albums"],
): object {
  return album;
}

/** Converts a face to the format of servers up to 2.5. */
export function toFaceV1(
  { isVisible: _, deletedAt: __, ...face }: Tables["faces"],
): object {
  return face;
}

/** Converts an asset to the format of servers up to 2.x. */
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
