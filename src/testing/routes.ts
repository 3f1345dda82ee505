/**
 * Routes requests to endpoints by method and path.
 *
 * @module
 */
import {
  authorize,
  createSession,
  deleteSession,
  finishOAuth,
  login,
  logout,
  readSessions,
  readUser,
  updateSession,
} from "./account_routes.ts";
import * as admin from "./admin_routes.ts";
import * as albums from "./album_routes.ts";
import * as assets from "./asset_routes.ts";
import * as groups from "./group_routes.ts";
import { readBucket, readBuckets } from "./timeline_routes.ts";
import { deleteAcks, readAcks, storeAcks } from "./ack_routes.ts";
import { ApiError } from "./responses.ts";
import type { Exchange } from "./exchange.ts";
import { PROVIDER_PATH } from "./provider.ts";
import { streamEvents } from "./stream_route.ts";

/** An id in a path. */
const ID = /\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\/|$)/g;

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
  "DELETE /api/sessions/:id": deleteSession,
  "POST /api/oauth/authorize": authorize,
  "POST /api/oauth/callback": finishOAuth,
  "POST /api/sync/stream": streamEvents,
  "GET /api/sync/ack": readAcks,
  "POST /api/sync/ack": storeAcks,
  "DELETE /api/sync/ack": deleteAcks,
  "GET /api/server/features": admin.readFeatures,
  "GET /api/server/statistics": admin.readStatistics,
  "GET /api/admin/users": admin.readAccounts,
  "POST /api/admin/users": admin.createAccount,
  "DELETE /api/admin/users/:id": admin.deleteAccount,
  "POST /api/admin/users/:id/restore": admin.restoreAccount,
  "GET /api/users": admin.readUsers,
  "PUT /api/users/me": admin.updateUser,
  "PUT /api/users/me/onboarding": admin.setOnboarding,
  "DELETE /api/users/me/onboarding": admin.deleteOnboarding,
  "POST /api/assets": assets.uploadAsset,
  "DELETE /api/assets": assets.deleteAssets,
  "GET /api/assets/:id": assets.readAsset,
  "PUT /api/assets/:id": assets.updateAsset,
  "GET /api/assets/:id/original": assets.readOriginal,
  "GET /api/assets/:id/metadata": assets.readMetadata,
  "PUT /api/assets/:id/metadata": assets.setMetadata,
  "DELETE /api/assets/:id/metadata/:key": assets.deleteMetadata,
  "PUT /api/assets/:id/edits": assets.setEdits,
  "DELETE /api/assets/:id/edits": assets.setEdits,
  "POST /api/trash/restore/assets": assets.restoreAssets,
  "GET /api/faces": assets.readFaces,
  "POST /api/faces": assets.createFace,
  "DELETE /api/faces/:id": assets.deleteFace,
  "GET /api/timeline/buckets": readBuckets,
  "GET /api/timeline/bucket": readBucket,
  "GET /api/albums": albums.readAlbums,
  "POST /api/albums": albums.createAlbum,
  "PATCH /api/albums/:id": albums.updateAlbum,
  "DELETE /api/albums/:id": albums.deleteAlbum,
  "PUT /api/albums/:id/assets": albums.addToAlbum,
  "DELETE /api/albums/:id/assets": albums.removeFromAlbum,
  "PUT /api/albums/:id/users": albums.shareAlbum,
  "PUT /api/albums/:id/user/:id": albums.updateAlbumUser,
  "DELETE /api/albums/:id/user/:id": albums.unshareAlbum,
  "GET /api/partners": groups.readPartners,
  "POST /api/partners": groups.createPartner,
  "PUT /api/partners/:id": groups.updatePartner,
  "DELETE /api/partners/:id": groups.deletePartner,
  "GET /api/stacks": groups.readStacks,
  "POST /api/stacks": groups.createStack,
  "PUT /api/stacks/:id": groups.updateStack,
  "DELETE /api/stacks/:id": groups.deleteStack,
  "GET /api/memories": groups.readMemories,
  "POST /api/memories": groups.createMemory,
  "PUT /api/memories/:id": groups.updateMemory,
  "DELETE /api/memories/:id": groups.deleteMemory,
  "PUT /api/memories/:id/assets": groups.addToMemory,
  "DELETE /api/memories/:id/assets": groups.removeFromMemory,
  "POST /api/people": groups.createPerson,
  "PUT /api/people/:id": groups.updatePerson,
  "DELETE /api/people/:id": groups.deletePerson,
};

/** Replaces the ids and keys in a path with placeholders. */
function toPattern(path: string): string {
  return path.replace(ID, "/:id").replace(
    /\/metadata\/[^/]+$/,
    "/metadata/:key",
  );
}

/** Handles a request. */
export async function route(exchange: Exchange): Promise<Response> {
  const { state, request: { method }, path } = exchange;
  const endpoint = ENDPOINTS[`${method} ${toPattern(path)}`];
  try {
    if (endpoint !== undefined) return await endpoint(exchange);
    throw new ApiError(404, `Cannot ${method} ${path}`);
  } catch (error) {
    if (error instanceof ApiError) return state.responses.error(error);
    throw error;
  }
}
