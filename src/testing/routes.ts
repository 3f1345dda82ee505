/**
 * Routes requests to endpoints by method and path.
 *
 * @module
 */
import {
  authorize,
  createSession,
  finishOAuth,
  login,
  logout,
  readSessions,
  readUser,
  updateSession,
} from "./account_routes.ts";
import { deleteAcks, readAcks, storeAcks } from "./ack_routes.ts";
import { ApiError } from "./responses.ts";
import type { Exchange } from "./exchange.ts";
import { PROVIDER_PATH } from "./provider.ts";
import { streamEvents } from "./stream_route.ts";

/** An id at the end of a path. */
const ID = /\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Endpoint = (exchange: Exchange) => Response | Promise<Response>;

const ENDPOINTS: Record<string, Endpoint> = {
  "GET /.well-known/immich": () => Response.json({ api: { endpoint: "/api" } }),
  [`GET ${PROVIDER_PATH}/auth`]: ({ state, request }) =>
    state.provider.respond(request, state.userId),
  "GET /api/server/ping": ({ state }) => state.responses.json({ res: "pong" }),
  "GET /api/server/version": ({ state }) => state.responses.json(state.version),
  "POST /api/auth/login": login,
  "POST /api/auth/logout": logout,
  "GET /api/users/me": readUser,
  "GET /api/sessions": readSessions,
  "POST /api/sessions": createSession,
  "PUT /api/sessions/:id": updateSession,
  "POST /api/oauth/authorize": authorize,
  "POST /api/oauth/callback": finishOAuth,
  "POST /api/sync/stream": streamEvents,
  "GET /api/sync/ack": readAcks,
  "POST /api/sync/ack": storeAcks,
  "DELETE /api/sync/ack": deleteAcks,
};

/** Handles a request. */
export async function route(exchange: Exchange): Promise<Response> {
  const { state, request: { method }, path } = exchange;
  const endpoint = ENDPOINTS[`${method} ${path.replace(ID, "/:id")}`];
  try {
    if (endpoint !== undefined) return await endpoint(exchange);
    throw new ApiError(404, `Cannot ${method} ${path}`);
  } catch (error) {
    if (error instanceof ApiError) return state.responses.error(error);
    throw error;
  }
}
