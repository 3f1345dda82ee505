/**
 * What the sync stream of one session holds.
 *
 * @module
 */
import {
  type ServerVersion,
  SYNC_REQUESTS,
  type SyncEntityType,
  type SyncRequestType,
} from "../protocol.ts";
import type { DeleteType, Store } from "./store.ts";
import { type Candidate, QUERIES, View } from "./view.ts";

/** An event before it is a line. */
export interface FeedEvent {
  /** Entity type. */
  type: SyncEntityType;
  /** Data of the event. */
  data: object;
  /** Token that acknowledges it. */
  ack: string;
}

/** Whose stream it is, and how far they are. */
export interface FeedRequest {
  /** Id of the user. */
  userId: string;
  /** What is asked for. */
  types: readonly SyncRequestType[];
  /** Checkpoint → the ack that was last sent for it. */
  checkpoints: ReadonlyMap<string, string>;
  /** Rows from this position on are for the next stream. */
  end: string;
  /** Version of the server. */
  version: ServerVersion;
}

/** Every event since the checkpoints, in a server's order, up to `SyncCompleteV1`. */
export function* feed(
  store: Store,
  request: FeedRequest,
): Generator<FeedEvent> {
  const view = new View(store, request.userId, request.version);
  for (const [type, { entities }] of Object.entries(SYNC_REQUESTS)) {
    if (!request.types.includes(type as SyncRequestType)) continue;
    for (const entity of entities) yield* feedEntity(view, request, entity);
  }
  const ack = `SyncCompleteV1|${request.end}`;
  yield { type: "SyncCompleteV1", data: {}, ack };
}

function* feedEntity(
  view: View,
  { checkpoints, end }: FeedRequest,
  type: SyncEntityType,
): Generator<FeedEvent> {
  const positionOf = (checkpoint: string) =>
    checkpoints.get(checkpoint)?.split("|")[1] ?? "";
  const after = positionOf(type);
  const created = positionOf(type.replace("Update", "Create"));
  const candidates = select(view, type, created)
    .filter(({ position }) => position > after && position < end)
    .sort((a, b) => (a.position < b.position ? -1 : 1));
  if (type.includes("Create") && candidates.length > 0) {
    // What is new to an album comes whole: its changes up to now are in it.
    const ack = `${type.replace("Create", "Update")}|${end}`;
    yield { type: "SyncAckV1", data: {}, ack };
  }
  for (const { position, data } of candidates) {
    yield { type, data, ack: `${type}|${position}` };
  }
}

function select(
  view: View,
  type: SyncEntityType,
  created: string,
): Candidate[] {
  return type.includes("Delete")
    ? view.audits(type as DeleteType)
    : QUERIES[type]?.(view, created) ?? [];
}
