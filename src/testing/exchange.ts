/**
 * A request to the fake server, with the request's body and session.
 *
 * @module
 */
import { isObject, parseJson } from "../http/mod.ts";
import type { ServerVersion } from "../protocol/mod.ts";
import { ApiError, invalid, type Responses } from "./responses.ts";
import type { Fault } from "./faults.ts";
import type { Generation } from "./generation.ts";
import type { TimedChange } from "./timed_changes.ts";
import type { Provider } from "./provider.ts";
import type { FakeSession, Sessions } from "./sessions.ts";
import type { Store } from "./store.ts";

/** The server's state. */
export interface ServerState {
  /** The version that the server imitates. */
  version: ServerVersion;
  /** The version's behavior. */
  generation: Generation;
  /** The rows. */
  store: Store;
  /** The sessions. */
  sessions: Sessions;
  /** The OAuth provider. */
  provider: Provider;
  /** Creates responses. */
  responses: Responses;
  /** The user who owns {@linkcode apiKey} and is signed in by the provider. */
  userId: string;
  /** The password of every user who has no entry in {@linkcode passwords}. */
  password: string;
  /** User id → password, for users created through the API. */
  passwords: Map<string, string>;
  /** Asset id → content, for assets uploaded through the API. */
  files: Map<string, ArrayBuffer>;
  /** An API key, rejected by the sync endpoints. */
  apiKey: string;
  /** The clock, in milliseconds since 1970. */
  now: () => number;
  /** Whether to compress streams over a socket if the client accepts gzip. */
  compression: boolean;
  /** Changes to make while the next stream is being sent. */
  timedChanges: TimedChange[];
  /** Entity types that were sent because of `unknown` faults. */
  forkTypes: Set<string>;
  /**
   * Number of streams whose body has been neither read to the end nor canceled.
   */
  openStreams: number;
}

/** A request, as passed to the endpoints. */
export interface Exchange {
  /** The server. */
  state: ServerState;
  /** The request. */
  request: Request;
  /** The path, relative to the server's address. */
  path: string;
  /** The body. */
  body: string;
  /** The bytes of the body. */
  bytes: ArrayBuffer;
  /** Whether the request arrived over a socket. */
  onSocket: boolean;
  /** The faults to apply. */
  faults: readonly Fault[];
  /**
   * Aborted when the client is no longer waiting for the response; over a
   * socket, the response body is canceled instead.
   */
  signal: AbortSignal | undefined;
}

/** Parses the JSON object in a request's body. */
export function readBody({ body }: Exchange): Record<string, unknown> {
  const value = parseJson(body);
  if (body !== "" && value === undefined) {
    throw new ApiError(400, "Unexpected end of JSON input");
  }
  if (isObject(value)) return value;
  throw invalid([], "Invalid input: expected object, received undefined");
}

/** Returns a request's session, or `undefined` if the request has the API key. */
export function authenticate(
  { state, request: { headers } }: Exchange,
): FakeSession | undefined {
  const cookie = /(?:^|; )immich_access_token=([^;]*)/
    .exec(headers.get("cookie") ?? "");
  const token = headers.get("x-immich-user-token") ??
    /^bearer (.+)$/i.exec(headers.get("authorization") ?? "")?.[1] ??
    cookie?.[1];
  if (token !== undefined) {
    const session = state.sessions.use(token);
    // Sessions of deleted and soft-deleted users are not valid.
    const user = state.store.find("users", session?.userId ?? "");
    if (user?.data.deletedAt === null) return session;
    throw new ApiError(401, "Invalid user token");
  }
  const apiKey = headers.get("x-api-key");
  if (apiKey === null) throw new ApiError(401, "Authentication required");
  if (apiKey !== state.apiKey) throw new ApiError(401, "Invalid API key");
  return undefined;
}

/** Returns a request's session. Rejects the API key. */
export function requireSession(exchange: Exchange): FakeSession {
  const session = authenticate(exchange);
  if (session !== undefined) return session;
  throw new ApiError(403, "Sync endpoints cannot be used with API keys");
}
