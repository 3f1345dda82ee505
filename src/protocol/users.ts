/**
 * Wire shapes of users, their settings and partners.
 *
 * @module
 */

/** Colour of a user's avatar. */
export type AvatarColor =
  | "primary"
  | "pink"
  | "red"
  | "yellow"
  | "blue"
  | "green"
  | "purple"
  | "orange"
  | "gray"
  | "amber";

/** A user of the server. */
export interface SyncUserV1 {
  /** Id of the user. */
  id: string;
  /** Name of the user. */
  name: string;
  /** E-mail address of the user. */
  email: string;
  /** Colour of the avatar; servers from 3.0.0 on may leave it out. */
  avatarColor?: AvatarColor | null;
  /** When the account was deleted, or `null`: a soft delete is an upsert. */
  deletedAt: string | null;
  /** When the profile picture last changed. */
  profileChangedAt: string;
  /** Whether there is a profile picture. */
  hasProfileImage: boolean;
}

/** The user who is signed in. Holds secrets: never log it. */
export interface SyncAuthUserV1 extends SyncUserV1 {
  /** Whether the user administers the server. */
  isAdmin: boolean;
  /** Hash of the PIN, a secret. */
  pinCode: string | null;
  /** Id of the user at the OAuth provider, empty without one. */
  oauthId: string;
  /** Name of the user's storage folder. */
  storageLabel: string | null;
  /** Quota in bytes, `null` for none. */
  quotaSizeInBytes: number | null;
  /** Bytes used. */
  quotaUsageInBytes: number;
}

/** A user who is gone. */
export interface SyncUserDeleteV1 {
  /** Id of the user. */
  userId: string;
}

/** Name of a group of user settings. */
export type UserMetadataKey = "preferences" | "license" | "onboarding";

/** One group of the signed-in user's settings. */
export interface SyncUserMetadataV1 {
  /** Id of the user. */
  userId: string;
  /** Name of the group. */
  key: UserMetadataKey;
  /** The settings. */
  value: Record<string, unknown>;
}

/** A group of settings that is gone. */
export interface SyncUserMetadataDeleteV1 {
  /** Id of the user. */
  userId: string;
  /** Name of the group. */
  key: UserMetadataKey;
}

/** A user who shares all assets with another. */
export interface SyncPartnerV1 {
  /** Id of the user who shares. */
  sharedById: string;
  /** Id of the user who sees. */
  sharedWithId: string;
  /** Whether the assets are shown in the other user's timeline. */
  inTimeline: boolean;
}

/** A partner share that ended: what it showed is the consumer's to drop. */
export interface SyncPartnerDeleteV1 {
  /** Id of the user who shared. */
  sharedById: string;
  /** Id of the user who saw. */
  sharedWithId: string;
}
