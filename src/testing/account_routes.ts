/**
 * The endpoints for signing in and out, and for sessions and users.
 *
 * @module
 */
import type { LoginResponse, SyncAuthUserV1, User } from "../protocol/mod.ts";
import { ApiError, invalid } from "./responses.ts";
import { callerOf, forbidden } from "./caller.ts";
import {
  type Exchange,
  readBody,
  requireSession,
  type ServerState,
} from "./exchange.ts";
import { PROVIDER_PATH } from "./provider.ts";
import { createToken, type FakeSession } from "./sessions.ts";

/** `POST /auth/login` */
export function login(exchange: Exchange): Response {
  const { email, password } = readBody(exchange);
  if (typeof email !== "string" || !email.includes("@")) {
    throw invalid(["email"], "Invalid input: expected email, received string");
  }
  if (typeof password !== "string") {
    throw invalid(["password"], "Invalid input: expected string");
  }
  const { state } = exchange;
  const [user] = state.store.where("users", { email });
  const expected = state.passwords.get(user?.id ?? "") ?? state.password;
  if (user?.deletedAt !== null || password !== expected) {
    throw new ApiError(401, "Incorrect email or password");
  }
  return beginSession(state, user.id, "password");
}

/** `POST /auth/logout` */
export function logout(exchange: Exchange): Response {
  const session = requireSession(exchange);
  const { state, request } = exchange;
  state.sessions.end(session);
  const cookie = request.headers.get("cookie") ?? "";
  const { origin } = new URL(request.url);
  return state.responses.json({
    successful: true,
    redirectUri: cookie.includes("immich_auth_type=oauth")
      ? `${origin}${PROVIDER_PATH}/session/end`
      : "/auth/login?autoLaunch=0",
  });
}

/** `GET /users/me` */
export function readUser(exchange: Exchange): Response {
  const { state } = exchange;
  const { userId } = callerOf(exchange);
  const user = toUser(findUser(state, userId));
  // Each user is the only member of a group.
  const group = state.generation.clusterGroups
    ? { clusterGroupId: userId }
    : {};
  return state.responses.json({ ...user, ...group });
}

/** `POST /sessions` */
export function createSession(exchange: Exchange): Response {
  const parent = requireSession(exchange);
  const { state, path } = exchange;
  const { childSessions, noChildSessions } = state.generation;
  if (!childSessions) {
    if (noChildSessions === 204) return state.responses.empty();
    throw new ApiError(404, `Cannot POST ${path}`);
  }
  const { duration, deviceType = "", deviceOS = "" } = readBody(exchange);
  if (duration !== undefined && !(Number(duration) >= 1)) {
    throw invalid(
      ["duration"],
      "Too small: expected number to be >=1",
      "too_small",
    );
  }
  const session = state.sessions.create(parent.userId, {
    parent,
    durationMs: duration === undefined ? undefined : Number(duration) * 1000,
    deviceType: String(deviceType),
    deviceOS: String(deviceOS),
  });
  const token = session.accessToken;
  return state.responses.json({ ...toSessionDto(session), token }, 201);
}

/** `GET /sessions` */
export function readSessions(exchange: Exchange): Response {
  const current = requireSession(exchange);
  const { sessions, responses } = exchange.state;
  const list = sessions.list(current.userId);
  return responses.json(list.map((session) => toSessionDto(session, current)));
}

/** `PUT /sessions/:id` */
export function updateSession(exchange: Exchange): Response {
  const session = namedSession(exchange, "session.update");
  session.isPendingSyncReset = readBody(exchange).isPendingSyncReset === true;
  return exchange.state.responses.json(toSessionDto(session));
}

/** `DELETE /sessions/:id` */
export function deleteSession(exchange: Exchange): Response {
  const { sessions, responses } = exchange.state;
  sessions.end(namedSession(exchange, "session.delete"));
  return responses.empty();
}

/** Returns the caller's session whose id is in the path. */
function namedSession(exchange: Exchange, permission: string): FakeSession {
  const { userId } = requireSession(exchange);
  const session = exchange.state.sessions.list(userId)
    .find(({ id }) => exchange.path.endsWith(id));
  if (session === undefined) throw forbidden(permission);
  return session;
}

/** `POST /oauth/authorize` */
export function authorize(exchange: Exchange): Response {
  const { state, request } = exchange;
  const body = readBody(exchange);
  const { redirectUri, state: oauthState, codeChallenge } = body;
  if (typeof redirectUri !== "string") {
    throw invalid(
      ["redirectUri"],
      "Invalid input: expected string, received undefined",
    );
  }
  checkOAuth(state);
  const { origin } = new URL(request.url);
  const url = state.provider.loginUrl(origin, {
    redirectUri,
    ...(state.generation.ownOAuthState ? { state: createToken() } : {
      state: String(oauthState),
      codeChallenge: String(codeChallenge),
    }),
  });
  return state.responses.json({ url }, 201);
}

/** `POST /oauth/callback` */
export async function finishOAuth(exchange: Exchange): Promise<Response> {
  const { state } = exchange;
  const { url, state: oauthState, codeVerifier } = readBody(exchange);
  if (typeof url !== "string" || url === "") {
    throw invalid(
      ["url"],
      "Too small: expected string to have >=1 characters",
      "too_small",
    );
  }
  checkOAuth(state);
  if (!state.generation.ownOAuthState) {
    if (!oauthState) throw new ApiError(400, "OAuth state is missing");
    if (!codeVerifier) {
      throw new ApiError(400, "OAuth code verifier is missing");
    }
  }
  const userId = await state.provider.redeem(url, {
    state: oauthState,
    codeVerifier,
  });
  if (userId === undefined) throw new ApiError(500, "Failed to finish oauth");
  return beginSession(state, userId, "oauth");
}

function checkOAuth({ provider }: ServerState): void {
  if (provider.mode === "off") throw new ApiError(400, "OAuth is not enabled");
}

function beginSession(
  state: ServerState,
  userId: string,
  authType: "password" | "oauth",
): Response {
  const user = findUser(state, userId);
  const { accessToken } = state.sessions.create(userId);
  const response: LoginResponse = {
    accessToken,
    userId,
    userEmail: user.email,
    name: user.name,
    isAdmin: user.isAdmin,
    profileImagePath: "",
    shouldChangePassword: false,
    isOnboarded: true,
  };
  const headers = new Headers();
  const attributes = "Max-Age=34560000; Path=/; HttpOnly; SameSite=Lax";
  headers.append(
    "set-cookie",
    `immich_access_token=${accessToken}; ${attributes}`,
  );
  headers.append("set-cookie", `immich_auth_type=${authType}; ${attributes}`);
  return state.responses.json(response, 201, headers);
}

function findUser({ store }: ServerState, userId: string): SyncAuthUserV1 {
  const user = store.find("users", userId)?.data;
  if (user === undefined) throw new ApiError(401, "Invalid user token");
  return user;
}

function toSessionDto(session: FakeSession, current?: FakeSession): object {
  const { id, expiresAt, deviceType, deviceOS, isPendingSyncReset } = session;
  const createdAt = new Date(session.createdAt).toISOString();
  return {
    id,
    createdAt,
    updatedAt: createdAt,
    ...(expiresAt === Infinity
      ? {}
      : { expiresAt: new Date(expiresAt).toISOString() }),
    current: session === current,
    appVersion: null,
    deviceOS,
    deviceType,
    isPendingSyncReset,
  };
}

/** Converts a user to the format of the account endpoints. */
export function toUser(user: SyncAuthUserV1): User {
  const { id, email, name, profileChangedAt, storageLabel, isAdmin } = user;
  const { deletedAt, oauthId, quotaSizeInBytes, quotaUsageInBytes } = user;
  return {
    id,
    email,
    name,
    profileImagePath: "",
    avatarColor: user.avatarColor ?? "primary",
    profileChangedAt,
    storageLabel,
    shouldChangePassword: false,
    isAdmin,
    createdAt: profileChangedAt,
    deletedAt,
    updatedAt: profileChangedAt,
    oauthId,
    quotaSizeInBytes,
    quotaUsageInBytes,
    status: "active",
    license: null,
  };
}
