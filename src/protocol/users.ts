/**
 * The data of users, their settings and partner shares, as servers send it.
 *
 * @module
 */

/** Color of a user's avatar. */
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
  /** Color of the avatar; may be absent in 3.0.0 and later. */
  avatarColor?: AvatarColor | null;
  /** When the account was deleted, or `null`; soft deletes arrive as upserts. */
  deletedAt: string | null;
  /** When the profile picture last changed. */
  profileChangedAt: string;
  /** Whether there is a profile picture. */
  hasProfileImage: boolean;
}

/** The signed-in user. Contains secrets: never log it. */
export interface SyncAuthUserV1 extends SyncUserV1 {
  /** Whether the user is an administrator. */
  isAdmin: boolean;
  /** Hash of the PIN; a secret. */
  pinCode: string | null;
  /** The user's id at the OAuth provider; empty if no provider is linked. */
  oauthId: string;
  /** Name of the user's storage folder. */
  storageLabel: string | null;
  /** Quota in bytes; `null` for no quota. */
  quotaSizeInBytes: number | null;
  /** Used storage in bytes. */
  quotaUsageInBytes: number;
}

/**
 * The signed-in user, as servers are expected to send it from 3.3.0 on. Contains
 * secrets: never log it.
 */
export interface SyncAuthUserV2 extends Omit<SyncAuthUserV1, "oauthId"> {
  /** The user's id at the OAuth provider; `null` if no provider is linked. */
  oauthId: string | null;
}

/** A deleted user. */
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

/** A deleted group of settings. */
export interface SyncUserMetadataDeleteV1 {
  /** Id of the user. */
  userId: string;
  /** Name of the group. */
  key: UserMetadataKey;
}

/** A partner share: one user shares all of their assets with another user. */
export interface SyncPartnerV1 {
  /** Id of the user who shares. */
  sharedById: string;
  /** Id of the user who receives the share. */
  sharedWithId: string;
  /** Whether the assets are shown in the other user's timeline. */
  inTimeline: boolean;
}

/** A partner share that ended. The client must delete the shared assets itself. */
export interface SyncPartnerDeleteV1 {
  /** Id of the user who shared. */
  sharedById: string;
  /** Id of the user who received the share. */
  sharedWithId: string;
}
