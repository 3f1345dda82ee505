/**
 * The endpoints of a server, by method and path.
 *
 * @module
 */
import {
  authorize,
  createSession,
  finishOAuth,
  login,
  logout,
  readUser,
} from "./account_routes.ts";
import { ApiError } from "./answers.ts";
import type { Exchange } from "./exchange.ts";
import { PROVIDER_PATH } from "./provider.ts";
import {
  deleteAcks,
  readAcks,
  storeAcks,
  streamEvents,
} from "./sync_routes.ts";

type Endpoint = (exchange: Exchange) => Response | Promise<Response>;

const ENDPOINTS: Record<string, Endpoint> = {
  "GET /.well-known/immich": () => Response.json({ api: { endpoint: "/api" } }),
  [`GET ${PROVIDER_PATH}/auth`]: ({ state, request }) =>
    state.provider.respond(request, state.userId),
  "GET /api/server/ping": ({ state }) => state.answers.json({ res: "pong" }),
  "GET /api/server/version": ({ state }) => state.answers.json(state.version),
  "POST /api/auth/login": login,
  "POST /api/auth/logout": logout,
  "GET /api/users/me": readUser,
  "POST /api/sessions": createSession,
  "POST /api/oauth/authorize": authorize,
  "POST /api/oauth/callback": finishOAuth,
  "POST /api/sync/stream": streamEvents,
  "GET /api/sync/ack": readAcks,
  "POST /api/sync/ack": storeAcks,
  "DELETE /api/sync/ack": deleteAcks,
};

/** Answers a request. */
export async function route(exchange: Exchange): Promise<Response> {
  const { state, request: { method }, path } = exchange;
  const endpoint = ENDPOINTS[`${method} ${path}`];
  try {
    if (endpoint !== undefined) return await endpoint(exchange);
    throw new ApiError(404, `Cannot ${method} ${path}`);
  } catch (error) {
    if (error instanceof ApiError) return state.answers.error(error);
    throw error;
  }
}
