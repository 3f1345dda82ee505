/**
 * The endpoints of the acks.
 *
 * @module
 */
import {
  type ServerVersion,
  SYNC_REQUESTS,
  type SyncRequestType,
} from "../protocol.ts";
import { checkpointOf, MAX_ACKS_PER_REQUEST } from "../sync/checkpoint.ts";
import { acceptance } from "../sync/types.ts";
import { ApiError, invalid } from "./answers.ts";
import { type Exchange, readBody, requireSession } from "./exchange.ts";
import { generationOf } from "./generation.ts";

/** `GET /sync/ack` */
export function readAcks(exchange: Exchange): Response {
  const { checkpoints } = requireSession(exchange);
  const acks = [...checkpoints].map(([type, ack]) => ({ type, ack }));
  return exchange.state.answers.json(acks);
}

/** `POST /sync/ack` */
export function storeAcks(exchange: Exchange): Response {
  const session = requireSession(exchange);
  const acks = readAckRequest(exchange);
  const { state } = exchange;
  const { sessions, answers, version, generation } = state;
  const checkpoints = new Map<string, string>();
  for (const ack of acks) {
    const type = checkpointOf(ack);
    if (type === "SyncResetV1" && generation.resets === "acked") {
      // Whatever else is in the list is lost, as on a real server.
      sessions.reset(session);
      return answers.empty();
    }
    if (!hasType(version, type) && !state.forkTypes.has(type)) {
      throw new ApiError(400, `Invalid ack type: ${type}`);
    }
    if (generation.oneAckPerCheckpoint && checkpoints.has(type)) {
      throw new ApiError(400, `Only one ack of ${type} is allowed`);
    }
    checkpoints.set(type, ack);
  }
  for (const [type, ack] of checkpoints) session.checkpoints.set(type, ack);
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

/** Whether a server of this version has an entity type. */
function hasType(version: ServerVersion, type: string): boolean {
  const { completes, resets } = generationOf(version);
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
