/**
 * The endpoints for acks.
 *
 * @module
 */
import {
  acceptance,
  SYNC_REQUESTS,
  type SyncRequestType,
} from "../protocol/mod.ts";
import { checkpointOf, MAX_ACKS_PER_REQUEST } from "../sync/mod.ts";
import { ApiError, invalid } from "./responses.ts";
import {
  type Exchange,
  readBody,
  requireSession,
  type ServerState,
} from "./exchange.ts";

/** `GET /sync/ack` */
export function readAcks(exchange: Exchange): Response {
  const { checkpoints } = requireSession(exchange);
  const acks = [...checkpoints].map(([type, ack]) => ({ type, ack }));
  return exchange.state.responses.json(acks);
}

/** `POST /sync/ack` */
export function storeAcks(exchange: Exchange): Response {
  const session = requireSession(exchange);
  const acks = readAckRequest(exchange);
  const { state } = exchange;
  const { sessions, responses, generation } = state;
  const checkpoints = new Map<string, string>();
  if (generation.snapshots) return responses.empty();
  for (const ack of acks) {
    const type = checkpointOf(ack);
    if (type === "SyncResetV1" && generation.resets === "acked") {
      // The other acks in the request are lost, as on a real server.
      sessions.reset(session);
      return responses.empty();
    }
    if (!hasType(state, type)) {
      throw new ApiError(400, `Invalid ack type: ${type}`);
    }
    if (generation.oneAckPerCheckpoint && checkpoints.has(type)) {
      throw new ApiError(400, `Only one ack of ${type} is allowed`);
    }
    checkpoints.set(type, ack);
  }
  for (const [type, ack] of checkpoints) session.checkpoints.set(type, ack);
  return responses.empty();
}

/** `DELETE /sync/ack` */
export function deleteAcks(exchange: Exchange): Response {
  const { checkpoints } = requireSession(exchange);
  const { state } = exchange;
  for (const type of readDeleteRequest(exchange) ?? [...checkpoints.keys()]) {
    checkpoints.delete(type);
  }
  return state.responses.empty();
}

/** Returns the types to delete, or `undefined` for all of them. */
function readDeleteRequest(exchange: Exchange): string[] | undefined {
  const { types } = readBody(exchange);
  if (types === undefined) return undefined;
  if (!Array.isArray(types)) {
    throw invalid(["types"], "Invalid input: expected array");
  }
  if (types.length === 0) throw new ApiError(500, "Failed to delete sync ack");
  for (const [index, type] of types.entries()) {
    if (hasType(exchange.state, type)) continue;
    throw invalid(
      ["types", index],
      "Invalid option: expected one of the entity types",
      "invalid_value",
    );
  }
  return types;
}

function readAckRequest(exchange: Exchange): string[] {
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
  for (const [index, ack] of acks.entries()) {
    if (typeof ack === "string") continue;
    throw invalid(
      ["acks", index],
      "Invalid input: expected string, received number",
    );
  }
  return acks;
}

/**
 * Returns whether the server knows an entity type. It also knows the types that an
 * `unknown` fault has made it send.
 */
function hasType(
  { version, generation, forkTypes }: ServerState,
  type: string,
): boolean {
  if (forkTypes.has(type)) return true;
  const { completes, resets } = generation;
  if (type === "SyncCompleteV1") return completes;
  if (type === "SyncResetV1") return resets !== "never";
  if (type === "SyncAckV1") return true;
  const requests = Object.keys(SYNC_REQUESTS) as SyncRequestType[];
  return requests.some((request) => {
    const entities: readonly string[] = SYNC_REQUESTS[request].entities;
    return entities.includes(type) &&
      acceptance(version, request) !== "unknown";
  });
}
