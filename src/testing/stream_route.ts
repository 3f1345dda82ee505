/**
 * The endpoint for the sync stream.
 *
 * @module
 */
import {
  acceptance,
  SYNC_REQUESTS,
  type SyncRequestType,
} from "../protocol/mod.ts";
import { invalid } from "./responses.ts";
import { compress, toBody } from "./body.ts";
import {
  type Exchange,
  readBody,
  requireSession,
  type ServerState,
} from "./exchange.ts";
import { faultOf } from "./faults.ts";
import { feed, type FeedEvent } from "./feed.ts";
import { toLines, UNKNOWN_TYPE } from "./lines.ts";
import { TimedChanges } from "./timed_changes.ts";
import { timeOf } from "./position.ts";
import type { FakeSession } from "./sessions.ts";

/** If a session's last complete stream is older than this, the session is sent a reset. */
const STALE_MS = 30 * 24 * 60 * 60 * 1000;

/** `POST /sync/stream` */
export function streamEvents(exchange: Exchange): Response {
  const session = requireSession(exchange);
  const { types, reset } = readStreamRequest(exchange);
  const { state, faults } = exchange;
  const { store, sessions, version, generation } = state;
  if (reset && generation.resets !== "never") sessions.reset(session);
  const { userId, checkpoints } = session;
  if (mustStartOver(state, session) || faultOf(faults, "reset")) {
    const event = { type: "SyncResetV1", data: {} };
    const acked = { ...event, ack: "SyncResetV1|reset" };
    return respond(exchange, [generation.resets === "bare" ? event : acked]);
  }
  const events = feed(store, {
    userId,
    types,
    version,
    generation,
    // Acks that arrive during the stream take effect with the next stream.
    checkpoints: new Map(checkpoints),
    end: store.nextPosition(),
    onCheckpoint: (type, ack) => checkpoints.set(type, ack),
    timedChanges: new TimedChanges(state.timedChanges.splice(0)),
  });
  // A real server that fails before the first event responds with an error. If the
  // server fails after the first event, the body never ends.
  const first = events.next();
  return respond(exchange, first.done ? [] : resume(first.value, events));
}

function* resume(
  first: FeedEvent,
  rest: Iterable<FeedEvent>,
): Generator<FeedEvent> {
  yield first;
  yield* rest;
}

function mustStartOver(
  { generation, now }: ServerState,
  { isPendingSyncReset, checkpoints }: FakeSession,
): boolean {
  if (generation.resets === "never") return false;
  if (isPendingSyncReset) return true;
  const [, completed = ""] = checkpoints.get("SyncCompleteV1")?.split("|") ??
    [];
  return timeOf(completed) < now() - STALE_MS;
}

function respond(
  { state, request, onSocket, faults, signal }: Exchange,
  events: Iterable<FeedEvent>,
): Response {
  const unknown = faultOf(faults, "unknown");
  if (unknown !== undefined) {
    state.forkTypes.add(unknown.entityType ?? UNKNOWN_TYPE);
  }
  const lines = toLines(events, faults);
  const isCompressed = onSocket && state.compression &&
    /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "");
  state.openStreams++;
  const body = toBody(isCompressed ? compress(lines) : lines, {
    signal,
    onOver: () => state.openStreams--,
  });
  return state.responses.lines(
    body,
    isCompressed ? { "content-encoding": "gzip" } : {},
  );
}

function readStreamRequest(
  exchange: Exchange,
): { types: SyncRequestType[]; reset: boolean } {
  const { version } = exchange.state;
  const { types, reset = false } = readBody(exchange);
  if (!Array.isArray(types)) {
    throw invalid(
      ["types"],
      "Invalid input: expected array, received undefined",
    );
  }
  for (const [index, type] of types.entries()) {
    const known = Object.hasOwn(SYNC_REQUESTS, type) &&
      acceptance(version, type) !== "unknown";
    if (known) continue;
    throw invalid(
      ["types", index],
      "Invalid option: expected one of the request types",
      "invalid_value",
    );
  }
  return { types, reset: reset === true };
}
