/**
 * Creates the events of one session's sync stream.
 *
 * @module
 */
import {
  acceptance,
  type ServerVersion,
  SYNC_REQUESTS,
  type SyncEntityType,
  type SyncRequestType,
} from "../protocol/mod.ts";
import { ApiError } from "./responses.ts";
import { deletes } from "./deletes.ts";
import type { Generation } from "./generation.ts";
import type { TimedChanges } from "./timed_changes.ts";
import { isUuid } from "./position.ts";
import { BACKFILLS, QUERIES } from "./queries.ts";
import type { DeleteType, Store } from "./store.ts";
import { type Candidate, View } from "./view.ts";

/** Marks a share whose backfill is complete. */
const COMPLETE = "complete";

/** An event of the stream. */
export interface FeedEvent {
  /** The entity type, possibly an unknown one. */
  type: string;
  /** The event's data. */
  data: object;
  /** The ack; servers before 1.138 send resets without an ack. */
  ack?: string;
}

/** A request for a stream. */
export interface FeedRequest {
  /** Id of the user. */
  userId: string;
  /** The requested types. */
  types: readonly SyncRequestType[];
  /** Checkpoint → the last ack sent for that checkpoint. */
  checkpoints: ReadonlyMap<string, string>;
  /** Rows at or after this position are left for the next stream. */
  end: string;
  /** The server's version. */
  version: ServerVersion;
  /** The server's behavior. */
  generation: Generation;
  /**
   * Called with each checkpoint that the server sets on its own, not in
   * response to an ack from the client.
   */
  onCheckpoint: (type: SyncEntityType, ack: string) => void;
  /** Changes to make while the stream is being sent. */
  timedChanges: TimedChanges;
}

interface Context extends FeedRequest {
  view: View;
  store: Store;
}

/**
 * Yields, in the server's order, every event since the checkpoints, up to
 * `SyncCompleteV1`.
 *
 * The upper bound is fixed at the start. The rows of each entity type are read when
 * the stream reaches that type, so later types reflect changes made in the
 * meantime.
 *
 * @throws {ApiError} When the stream reaches a retired type or an invalid
 * checkpoint.
 */
export function* feed(
  store: Store,
  request: FeedRequest,
): Generator<FeedEvent> {
  let lines = 0;
  request.timedChanges.afterLine(lines);
  const { snapshots } = request.generation;
  for (const event of feedTypes(store, request)) {
    if (snapshots && event.type === "SyncAckV1") continue;
    yield snapshots ? { ...event, ack: "" } : event;
    request.timedChanges.afterLine(++lines);
  }
}

function* feedTypes(
  store: Store,
  request: FeedRequest,
): Generator<FeedEvent> {
  const { generation, end, timedChanges } = request;
  const view = new View(store, request.userId, generation);
  const context: Context = { ...request, store, view };
  const isDelete = (entity: SyncEntityType) => entity.includes("Delete");
  const { snapshots, deletesLast } = generation;
  if (snapshots || deletesLast) {
    yield* feedEntities(context, (entity) => !isDelete(entity));
    if (deletesLast) yield* feedEntities(context, isDelete);
  } else yield* feedEntities(context, () => true);
  timedChanges.end();
  if (generation.completes) yield toEvent("SyncCompleteV1", {}, end);
}

function* feedEntities(
  context: Context,
  isIncluded: (entity: SyncEntityType) => boolean,
): Generator<FeedEvent> {
  const { types, version, timedChanges } = context;
  for (const type of Object.keys(SYNC_REQUESTS) as SyncRequestType[]) {
    if (!types.includes(type)) continue;
    timedChanges.before(type);
    if (acceptance(version, type) === "retired") throw retired(type);
    const entities: readonly SyncEntityType[] = SYNC_REQUESTS[type].entities;
    for (const entity of entities.filter(isIncluded)) {
      timedChanges.before(entity);
      yield* feedEntity(context, entity, entities.at(-1)!);
    }
  }
}

/** Yields the events of an entity type; `last` is the upsert type of the same request type. */
function* feedEntity(
  context: Context,
  type: SyncEntityType,
  last: SyncEntityType,
): Generator<FeedEvent> {
  if (type.includes("Backfill")) {
    yield* backfill(context, type, last);
    return;
  }
  const { view, store, end, generation } = context;
  // Assets added to an album after the checkpoint are sent in full later.
  const created = type.includes("Update") ? checkpoint(context, last)?.id : "";
  if (created === undefined) return;
  const after = afterOf(context, type, last);
  const seen = view.after(after);
  const candidates = inOrder(
    type.includes("Delete")
      ? deletes(store, seen, type as DeleteType)
      : QUERIES[type]?.(seen, created) ?? [],
    { after, end },
  ).slice(0, generation.pageRows);
  if (type.includes("Create") && candidates.length > 0) {
    // Assets that were added to an album are sent in full, including earlier
    // changes.
    const ack = `${type.replace("Create", "Update")}|${end}`;
    yield { type: "SyncAckV1", data: {}, ack };
  }
  for (const { position, data } of candidates) {
    yield toEvent(type, data, position);
  }
}

/** Yields the new shares' rows that predate the upsert checkpoint. */
function* backfill(
  context: Context,
  type: SyncEntityType,
  upsertType: SyncEntityType,
): Generator<FeedEvent> {
  const { view, end, generation, onCheckpoint } = context;
  const { shares, rows } = BACKFILLS[type]!;
  const done = checkpoint(context, type);
  const open = shares(view)
    .filter(({ createId }) => createId < end && createId >= (done?.id ?? ""))
    .sort((a, b) => compare(a.createId, b.createId));
  const upserted = checkpoint(context, upsertType)?.id;
  if (upserted === undefined) {
    // In a first stream, the upserts include the rows of all shares.
    const newest = open.at(-1)?.createId;
    if (newest !== undefined) {
      onCheckpoint(type, `${type}|${newest}|${COMPLETE}`);
    }
    return;
  }
  for (const { id, createId } of open) {
    const extra = createId === done?.id ? done.extra : undefined;
    if (extra === COMPLETE) continue;
    if (extra !== undefined && !isUuid(extra)) throw unusable(extra);
    const after = extra ?? "";
    for (const { position, data } of inOrder(rows(view, id), { end })) {
      if (position > upserted || position < after) continue;
      // Servers up to 2.x resend the row that was acknowledged last.
      if (position === after && generation.modern) continue;
      yield toEvent(type, data, createId, position);
    }
    const ack = `${type}|${createId}|${COMPLETE}`;
    yield { type: "SyncAckV1", data: {}, ack };
  }
}

/** Returns the position of the last row that was acknowledged. */
function afterOf(
  context: Context,
  type: SyncEntityType,
  last: SyncEntityType,
): string {
  const own = checkpoint(context, type)?.id ?? "";
  if (!context.generation.deletesLast || !type.includes("Delete")) return own;
  const upserted = checkpoint(context, last)?.id ?? "";
  return own > upserted ? own : upserted;
}

function inOrder(
  rows: Candidate[],
  { after = "", end }: { after?: string; end: string },
): Candidate[] {
  return rows.filter(({ position }) => position > after && position < end)
    .sort((a, b) => compare(a.position, b.position));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checkpoint(
  { checkpoints }: Context,
  type: SyncEntityType,
): { id: string; extra: string | undefined } | undefined {
  const ack = checkpoints.get(type);
  if (ack === undefined) return undefined;
  const [, id, extra] = ack.split("|");
  if (!isUuid(id)) throw unusable(ack);
  return { id, extra: extra === "" ? undefined : extra };
}

function toEvent(
  type: SyncEntityType,
  data: object,
  ...ids: string[]
): FeedEvent {
  return { type, data, ack: [type, ...ids].join("|") };
}

function retired(type: SyncRequestType): ApiError {
  const successor = type.replace("V1", "V2");
  return new ApiError(
    400,
    `SyncRequestType.${type} is deprecated, use SyncRequestType.${successor} instead`,
  );
}

/**
 * Creates the error for an invalid ack: acks are validated when they are used,
 * not when they are stored.
 */
function unusable(ack: string): ApiError {
  return new ApiError(
    500,
    `Cannot use checkpoint: "${ack}" must contain an id`,
  );
}
