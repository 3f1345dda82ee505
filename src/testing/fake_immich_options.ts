/**
 * Options for the fake server.
 *
 * @module
 */
import type { ServerVersion } from "../protocol/mod.ts";
import type { CompatibleServer } from "./compatible_server.ts";
import type { ProviderMode } from "./provider.ts";

/** Options for `FakeImmich`. */
export interface FakeImmichOptions {
  /**
   * The server's address, for `fetch`.
   * @default {"https://immich.test"}
   */
  baseUrl?: string;
  /**
   * The version to imitate, which determines the request types and the format of
   * responses.
   * @default {3.1.0}
   */
  version?: ServerVersion;
  /**
   * How the server differs from Immich, to imitate a compatible server.
   * @default {none}
   */
  compatible?: CompatibleServer;
  /**
   * The lines of a recorded first stream. The library starts with the recorded rows,
   * and the server's user is the recorded user.
   * @default {a user with an empty library}
   */
  recording?: string;
  /**
   * The user's e-mail address, if there is no recording.
   * @default {"demo@immich.test"}
   */
  email?: string;
  /**
   * The password of every user who was not created through the API.
   * @default {"demo"}
   */
  password?: string;
  /**
   * How the OAuth provider handles a sign-in.
   * @default {"approve"}
   */
  provider?: ProviderMode;
  /**
   * Whether to compress streams over a socket for clients that accept gzip.
   * @default {false}
   */
  compression?: boolean;
  /**
   * The clock, in milliseconds since 1970.
   * @default {Date.now}
   */
  now?: () => number;
}
