/**
 * Wire shapes of the answers outside the sync stream.
 *
 * @module
 */
import type { AvatarColor } from "./users.ts";

/** Version of a server, as `GET /server/version` gives it. */
export interface ServerVersion {
  /** Major version. */
  major: number;
  /** Minor version. */
  minor: number;
  /** Patch version. */
  patch: number;
  /** Number of the release candidate; only servers since 3.0.0 tell. */
  prerelease?: number | null;
}

/** Answer of a login, by password or OAuth. */
export interface LoginResponse {
  /** The credential of the new session. */
  accessToken: string;
  /** Id of the user. */
  userId: string;
  /** E-mail address of the user. */
  userEmail: string;
  /** Name of the user. */
  name: string;
  /** Whether the user administers the server. */
  isAdmin: boolean;
  /** Path of the profile picture on the server, empty without one. */
  profileImagePath: string;
  /** Whether the user has yet to choose a password. */
  shouldChangePassword: boolean;
  /** Whether the user has seen the introduction. */
  isOnboarded: boolean;
}

/** Answer of a logout. */
export interface LogoutResponse {
  /** Whether the session has ended. */
  successful: boolean;
  /** Where to send the user: a path of the server, or the provider's end-session URL. */
  redirectUri: string;
}

/** Licence that a user has bought. */
export interface UserLicense {
  /** When it was activated. */
  activatedAt: string;
  /** Key of the activation. */
  activationKey: string;
  /** Key of the licence. */
  licenseKey: string;
}

/** The signed-in user, as `GET /users/me` gives it. */
export interface User {
  /** Id of the user. */
  id: string;
  /** Name of the user. */
  name: string;
  /** E-mail address of the user. */
  email: string;
  /** Path of the profile picture on the server, empty without one. */
  profileImagePath: string;
  /** Colour of the avatar. */
  avatarColor: AvatarColor;
  /** When the profile picture last changed. */
  profileChangedAt: string;
  /** Name of the user's storage folder. */
  storageLabel: string | null;
  /** Whether the user has yet to choose a password. */
  shouldChangePassword: boolean;
  /** Whether the user administers the server. */
  isAdmin: boolean;
  /** When the account was made. */
  createdAt: string;
  /** When the account was deleted, or `null`. */
  deletedAt: string | null;
  /** When the account was last changed. */
  updatedAt: string;
  /** Id of the user at the OAuth provider, empty without one. */
  oauthId: string;
  /** Quota in bytes, `null` for none. */
  quotaSizeInBytes: number | null;
  /** Bytes used. */
  quotaUsageInBytes: number | null;
  /** State of the account. */
  status: "active" | "removing" | "deleted";
  /** Licence of the user, `null` for none. */
  license: UserLicense | null;
}
