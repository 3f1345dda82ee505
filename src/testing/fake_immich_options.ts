/**
 * Options of the fake server.
 *
 * @module
 */
import type { ServerVersion } from "../protocol/mod.ts";
import type { ProviderMode } from "./provider.ts";

/** Options of `FakeImmich`. */
export interface FakeImmichOptions {
  /**
   * Where the server pretends to be, for `fetch`.
   * @default {"https://immich.test"}
   */
  baseUrl?: string;
  /**
   * Version that it passes for: the shape of its answers, and what it can be asked for.
   * @default {{ major: 3, minor: 1, patch: 0 }}
   */
  version?: ServerVersion;
  /**
   * The lines of a recorded first stream: the library starts with its rows, and
   * its user signs in.
   * @default {a user with an empty library}
   */
  recording?: string;
  /**
   * E-mail address of the user, if there is no recording.
   * @default {"demo@immich.test"}
   */
  email?: string;
  /**
   * Password of every user.
   * @default {"demo"}
   */
  password?: string;
  /**
   * What the OAuth provider does with who comes.
   * @default {"approve"}
   */
  provider?: ProviderMode;
  /**
   * Whether streams over a socket are compressed for clients that take gzip.
   * @default {false}
   */
  compression?: boolean;
  /**
   * The clock, in milliseconds since 1970.
   * @default {Date.now}
   */
  now?: () => number;
}
