/**
 * What the sync stream of one session holds.
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
import { ApiError } from "./answers.ts";
import { deletes } from "./deletes.ts";
import { type Generation, generationOf } from "./generation.ts";
import type { Moves } from "./moves.ts";
import { isUuid } from "./position.ts";
import { BACKFILLS, QUERIES } from "./queries.ts";
import type { DeleteType, Store } from "./store.ts";
import { type Candidate, View } from "./view.ts";

/** The mark of a share whose older rows are all sent. */
const COMPLETE = "complete";

/** An event before it is a line. */
export interface FeedEvent {
  /** Entity type; a fork has more of them. */
  type: string;
  /** Data of the event. */
  data: object;
  /** Token that acknowledges it; servers before 1.138 send a reset without. */
  ack?: string;
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
  /** Called with each checkpoint that the server stores by itself. */
  onCheckpoint: (type: SyncEntityType, ack: string) => void;
  /** Changes that are made while the stream is sent. */
  moves: Moves;
}

interface Context extends FeedRequest {
  view: View;
  store: Store;
  generation: Generation;
}

/**
 * Every event since the checkpoints, in a server's order, up to `SyncCompleteV1`.
 *
 * The upper bound is fixed when the stream begins. The rows of each entity type
 * are read when the stream comes to them, so later changes show in later types.
 *
 * @throws {ApiError} On coming to a retired type, or to a checkpoint that no database takes.
 */
export function* feed(
  store: Store,
  request: FeedRequest,
): Generator<FeedEvent> {
  let lines = 0;
  request.moves.afterLine(lines);
  for (const event of feedTypes(store, request)) {
    yield event;
    request.moves.afterLine(++lines);
  }
}

function* feedTypes(
  store: Store,
  request: FeedRequest,
): Generator<FeedEvent> {
  const { types, version, end, moves } = request;
  const generation = generationOf(version);
  const view = new View(store, request.userId, generation);
  const context: Context = { ...request, store, view, generation };
  for (const type of Object.keys(SYNC_REQUESTS) as SyncRequestType[]) {
    if (!types.includes(type)) continue;
    moves.before(type);
    if (acceptance(version, type) === "retired") throw retired(type);
    const entities: readonly SyncEntityType[] = SYNC_REQUESTS[type].entities;
    for (const entity of entities) {
      moves.before(entity);
      yield* feedEntity(context, entity, entities.at(-1)!);
    }
  }
  moves.end();
  if (generation.completes) yield toEvent("SyncCompleteV1", {}, end);
}

/** The events of an entity type; the last one of its request type is what shares are sent up to. */
function* feedEntity(
  context: Context,
  type: SyncEntityType,
  last: SyncEntityType,
): Generator<FeedEvent> {
  if (type.includes("Backfill")) {
    yield* backfill(context, type, last);
    return;
  }
  const { view, store, end } = context;
  // What was put in an album after the checkpoint comes whole, and later.
  const created = type.includes("Update") ? checkpoint(context, last)?.id : "";
  if (created === undefined) return;
  const after = checkpoint(context, type)?.id ?? "";
  const seen = view.after(after);
  const candidates = inOrder(
    type.includes("Delete")
      ? deletes(store, seen, type as DeleteType)
      : QUERIES[type]?.(seen, created) ?? [],
    { after, end },
  );
  if (type.includes("Create") && candidates.length > 0) {
    // What is new to an album comes whole: its changes up to now are in it.
    const ack = `${type.replace("Create", "Update")}|${end}`;
    yield { type: "SyncAckV1", data: {}, ack };
  }
  for (const { position, data } of candidates) {
    yield toEvent(type, data, position);
  }
}

/** What new shares show, as far as the upserts are past it. */
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
    // Nothing was sent before: what the shares show comes with the upserts.
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
      // Servers up to 2.x send the acknowledged row again.
      if (position === after && generation.modern) continue;
      yield toEvent(type, data, createId, position);
    }
    const ack = `${type}|${createId}|${COMPLETE}`;
    yield { type: "SyncAckV1", data: {}, ack };
  }
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

/** Acks are stored unseen, and fail where they are used. */
function unusable(ack: string): ApiError {
  return new ApiError(500, `Cannot use checkpoint: "${ack}" must hold an id`);
}
