/**
 * The differences between Immich and servers that are compatible with it.
 *
 * @module
 */

/**
 * How a compatible server differs from Immich. By default, it behaves like
 * Immich.
 */
export interface CompatibleServer {
  /**
   * The maximum number of rows per entity type in a stream. The next stream
   * continues with the following rows; each stream ends with `SyncCompleteV1`.
   * @default {Infinity}
   */
  pageRows?: number;
  /**
   * Whether each stream contains all rows, no deletes and only empty acks.
   * @default {false}
   */
  snapshots?: boolean;
  /**
   * Whether deletes follow all other rows, and the ack for an upsert also
   * acknowledges the earlier deletes of the same kind of row.
   * @default {false}
   */
  deletesLast?: boolean;
  /**
   * Whether sessions can create child sessions. If not, the server answers the
   * request with a 204.
   * @default {true}
   */
  childSessions?: boolean;
  /**
   * The field that contains the message in an error body: `message`, or `detail`
   * (RFC 9457). With `detail`, invalid fields are listed in FastAPI's format.
   * @default {"message"}
   */
  errorField?: "message" | "detail";
}
