/**
 * The responses of endpoints other than the sync stream.
 *
 * @module
 */
import type { AvatarColor } from "./users.ts";

/** The version of a server, as returned by `GET /server/version`. */
export interface ServerVersion {
  /** Major version. */
  major: number;
  /** Minor version. */
  minor: number;
  /** Patch version. */
  patch: number;
  /** Release candidate number; absent before 3.0.0. */
  prerelease?: number | null;
}

/** The response to a sign-in with a password or OAuth. */
export interface LoginResponse {
  /** The credential of the new session. */
  accessToken: string;
  /** Id of the user. */
  userId: string;
  /** E-mail address of the user. */
  userEmail: string;
  /** Name of the user. */
  name: string;
  /** Whether the user is an administrator. */
  isAdmin: boolean;
  /** Path of the profile picture on the server; empty if there is none. */
  profileImagePath: string;
  /** Whether the user must change the password. */
  shouldChangePassword: boolean;
  /** Whether the user has completed the onboarding. */
  isOnboarded: boolean;
}

/** The response to a sign-out. */
export interface LogoutResponse {
  /** Whether the session has ended. */
  successful: boolean;
  /** Where to send the user: a path on the server, or the provider's end-session URL. */
  redirectUri: string;
}

/** A license that a user has bought. */
export interface UserLicense {
  /** When the license was activated. */
  activatedAt: string;
  /** The activation key. */
  activationKey: string;
  /** The license key. */
  licenseKey: string;
}

/** The signed-in user, as returned by `GET /users/me`. */
export interface User {
  /** Id of the user. */
  id: string;
  /** Name of the user. */
  name: string;
  /** E-mail address of the user. */
  email: string;
  /** Path of the profile picture on the server; empty if there is none. */
  profileImagePath: string;
  /** Color of the avatar. */
  avatarColor: AvatarColor;
  /** When the profile picture last changed. */
  profileChangedAt: string;
  /** Name of the user's storage folder. */
  storageLabel: string | null;
  /** Whether the user must change the password. */
  shouldChangePassword: boolean;
  /** Whether the user is an administrator. */
  isAdmin: boolean;
  /** When the account was created. */
  createdAt: string;
  /** When the account was deleted, or `null`. */
  deletedAt: string | null;
  /** When the account was last changed. */
  updatedAt: string;
  /** The user's id at the OAuth provider; empty if no provider is linked. */
  oauthId: string;
  /** Quota in bytes; `null` for no quota. */
  quotaSizeInBytes: number | null;
  /** Used storage in bytes. */
  quotaUsageInBytes: number | null;
  /** State of the account. */
  status: "active" | "removing" | "deleted";
  /**
   * Id of the group of users whose faces are recognized together; absent before
   * 3.2.0.
   */
  clusterGroupId?: string;
  /** The user's license; `null` if there is none. */
  license: UserLicense | null;
}
