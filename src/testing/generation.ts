/**
 * The differences between server versions.
 *
 * @module
 */
import type { ServerVersion } from "../protocol/mod.ts";
import type { CompatibleServer } from "./compatible_server.ts";

/** The behavior of a server version. */
export interface Generation extends Required<CompatibleServer> {
  /**
   * Whether the login page's URL contains the server's own state and no code
   * challenge.
   */
  ownOAuthState: boolean;
  /**
   * The response status for a child session request, if the server does not
   * support child sessions.
   */
  noChildSessions: 204 | 404;
  /** Whether a request may contain only one ack for each checkpoint. */
  oneAckPerCheckpoint: boolean;
  /** How resets are sent: never, without an ack, or with an ack. */
  resets: "never" | "bare" | "acked";
  /** Whether streams end with `SyncCompleteV1`, and stale sessions are sent a reset. */
  completes: boolean;
  /**
   * Whether the version is 3.0.0 or later. These versions send short error bodies,
   * send album owners as album users, do not repeat rows, and show favorites only
   * to an asset's owner.
   */
  modern: boolean;
  /** Whether users have a cluster group. */
  clusterGroups: boolean;
}

/** Returns the behavior of a server version, or of a compatible server. */
export function generationOf(
  version: ServerVersion,
  compatible: CompatibleServer = {},
): Generation {
  const since = (major: number, minor = 0) =>
    (version.major - major || version.minor - minor) >= 0;
  return {
    pageRows: Infinity,
    snapshots: false,
    deletesLast: false,
    childSessions: since(1, 133),
    noChildSessions: since(1, 133) ? 204 : 404,
    errorField: "message",
    ownOAuthState: !since(1, 132),
    oneAckPerCheckpoint: !since(1, 136),
    resets: since(1, 138) ? "acked" : since(1, 136) ? "bare" : "never",
    completes: since(1, 141),
    modern: since(3),
    clusterGroups: since(3, 2),
    ...compatible,
  };
}
