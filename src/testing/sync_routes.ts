/**
 * The sync endpoints of a server.
 *
 * @module
 */
import { SYNC_REQUESTS, type SyncRequestType } from "../protocol.ts";
import { checkpointOf, MAX_ACKS_PER_REQUEST } from "../sync/checkpoint.ts";
import { isKnownType } from "../sync/event.ts";
import { acceptance } from "../sync/types.ts";
import { ApiError, invalid } from "./answers.ts";
import { type Exchange, readBody, requireSession } from "./exchange.ts";
import { feed, type FeedEvent } from "./feed.ts";

/** Characters of a chunk of the stream, about what one read from a socket gives. */
const CHUNK_LENGTH = 16 * 1024;

/** `POST /sync/stream` */
export function streamEvents(exchange: Exchange): Response {
  const session = requireSession(exchange);
  const { types, reset } = readStreamRequest(exchange);
  const { store, sessions, answers, version } = exchange.state;
  if (reset) sessions.reset(session);
  if (session.isPendingSyncReset) {
    const event = { type: "SyncResetV1", data: {}, ack: "SyncResetV1|reset" };
    return answers.lines(toBody([event as FeedEvent], exchange));
  }
  const end = store.nextPosition();
  const { userId, checkpoints } = session;
  const request = { userId, checkpoints, version, end };
  const retired = ORDER.find((type) =>
    types.includes(type) && acceptance(version, type) === "retired"
  );
  if (retired === undefined) {
    const events = feed(store, { ...request, types });
    return answers.lines(toBody(events, exchange));
  }
  // A real server fails at the retired type: before the first byte with an
  // error, and after it with a body that never ends.
  const before = types.filter((type) =>
    ORDER.indexOf(type) < ORDER.indexOf(retired)
  );
  const events = [
    ...feed(store, { ...request, types: before }),
  ];
  events.pop();
  if (events.length > 0) {
    return answers.lines(toBody(events, exchange, { hang: true }));
  }
  throw new ApiError(
    400,
    `SyncRequestType.${retired} is deprecated, use SyncRequestType.${
      retired.replace("V1", "V2")
    } instead`,
  );
}

/** `GET /sync/ack` */
export function readAcks(exchange: Exchange): Response {
  const { checkpoints } = requireSession(exchange);
  const acks = [...checkpoints].map(([type, ack]) => ({ type, ack }));
  return exchange.state.answers.json(acks);
}

/** `POST /sync/ack` */
export function storeAcks(exchange: Exchange): Response {
  const session = requireSession(exchange);
  const { sessions, answers } = exchange.state;
  const { acks } = readBody(exchange);
  if (!Array.isArray(acks)) {
    throw invalid(
      ["acks"],
      "Invalid input: expected array, received undefined",
    );
  }
  if (acks.length > MAX_ACKS_PER_REQUEST) {
    throw invalid(
      ["acks"],
      "Too big: expected array to have <=1000 items",
      "too_big",
    );
  }
  if (acks.length === 0) throw new ApiError(500, "Failed to send sync ack");
  const checkpoints = new Map<string, string>();
  for (const [index, ack] of acks.entries()) {
    if (typeof ack !== "string") {
      throw invalid(
        ["acks", index],
        "Invalid input: expected string, received number",
      );
    }
    const type = checkpointOf(ack);
    if (!isKnownType(type)) {
      throw new ApiError(400, `Invalid ack type: ${type}`);
    }
    checkpoints.set(type, ack);
  }
  if (checkpoints.has("SyncResetV1")) {
    // Whatever else is in the list is lost, as on a real server.
    sessions.reset(session);
  } else {
    for (const [type, ack] of checkpoints) session.checkpoints.set(type, ack);
  }
  return answers.empty();
}

/** `DELETE /sync/ack` */
export function deleteAcks(exchange: Exchange): Response {
  const { checkpoints } = requireSession(exchange);
  const { types } = readBody(exchange);
  if (types === undefined) checkpoints.clear();
  else if (!Array.isArray(types)) {
    throw invalid(["types"], "Invalid input: expected array");
  } else if (types.length === 0) {
    throw new ApiError(500, "Failed to delete sync ack");
  } else {
    for (const type of types) checkpoints.delete(type);
  }
  return exchange.state.answers.empty();
}

const ORDER = Object.keys(SYNC_REQUESTS) as SyncRequestType[];

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
    const known = ORDER.includes(type) &&
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

/** The lines of events, made as they are read. */
function toBody(
  events: Iterable<FeedEvent>,
  { signal }: Exchange,
  { hang = false } = {},
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = events[Symbol.iterator]();
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const abort = () => controller.error(signal?.reason);
      signal?.addEventListener("abort", abort, { once: true });
    },
    pull(controller) {
      let text = "";
      while (text.length < CHUNK_LENGTH) {
        const { done, value } = iterator.next();
        if (done) break;
        text += JSON.stringify(value) + "\n";
      }
      if (text !== "") controller.enqueue(encoder.encode(text));
      else if (!hang) controller.close();
    },
  }, { highWaterMark: 0 });
}
