/**
 * What servers of one version do otherwise than those of another.
 *
 * @module
 */
import type { ServerVersion } from "../protocol/mod.ts";

/** What a server of a version does. */
export interface Generation {
  /** Whether the login page carries a state of the server's own, and no challenge. */
  ownOAuthState: boolean;
  /** Whether a session can make others. */
  childSessions: boolean;
  /** Whether two acks of one checkpoint make a request invalid. */
  oneAckPerCheckpoint: boolean;
  /** How a stream says to start over: never, with a line without an ack, or with one. */
  resets: "never" | "bare" | "acked";
  /** Whether a whole stream says that it is, and a session may be too old for it. */
  completes: boolean;
  /**
   * Whether it is of 3.0.0 or later: short error bodies, the owner of an album
   * among its users, no row twice, and favorites that only their owner sees.
   */
  modern: boolean;
}

/** What a server of this version does. */
export function generationOf(version: ServerVersion): Generation {
  const since = (major: number, minor = 0) =>
    (version.major - major || version.minor - minor) >= 0;
  return {
    ownOAuthState: !since(1, 132),
    childSessions: since(1, 133),
    oneAckPerCheckpoint: !since(1, 136),
    resets: since(1, 138) ? "acked" : since(1, 136) ? "bare" : "never",
    completes: since(1, 141),
    modern: since(3),
  };
}
