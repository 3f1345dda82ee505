/**
 * One request on its way through the fake server: its body, and who sends it.
 *
 * @module
 */
import { isObject, parseJson } from "../http/mod.ts";
import type { ServerVersion } from "../protocol/mod.ts";
import { type Answers, ApiError, invalid } from "./answers.ts";
import type { Fault } from "./faults.ts";
import type { Generation } from "./generation.ts";
import type { Move } from "./moves.ts";
import type { Provider } from "./provider.ts";
import type { FakeSession, Sessions } from "./sessions.ts";
import type { Store } from "./store.ts";

/** Everything that the endpoints work on. */
export interface ServerState {
  /** Version that the server passes for. */
  version: ServerVersion;
  /** What servers of this version do. */
  generation: Generation;
  /** Its rows. */
  store: Store;
  /** Its sessions. */
  sessions: Sessions;
  /** Its OAuth provider. */
  provider: Provider;
  /** Writes its answers. */
  answers: Answers;
  /** The user that the provider signs in, and that {@linkcode apiKey} belongs to. */
  userId: string;
  /** Password of every user. */
  password: string;
  /** A key that works outside of the sync endpoints. */
  apiKey: string;
  /** The clock, in milliseconds since 1970. */
  now: () => number;
  /** Whether streams over a socket are compressed, if the client takes that. */
  compression: boolean;
  /** Changes that are made while the next stream is sent. */
  moves: Move[];
  /** Types that it has sent and no server of its own has. */
  forkTypes: Set<string>;
  /** Streams whose body is neither read to its end nor cancelled. */
  openStreams: number;
}

/** One request on its way through the endpoints. */
export interface Exchange {
  /** The server. */
  state: ServerState;
  /** The request. */
  request: Request;
  /** Its path below the server's address. */
  path: string;
  /** Its body. */
  body: string;
  /** Whether it came over a socket. */
  onSocket: boolean;
  /** What is to go wrong. */
  faults: readonly Fault[];
  /** Aborted when nobody waits for the answer any more; a socket cancels the answer instead. */
  signal: AbortSignal | undefined;
}

/** The JSON object in the body of a request. */
export function readBody({ body }: Exchange): Record<string, unknown> {
  const value = parseJson(body);
  if (body !== "" && value === undefined) {
    throw new ApiError(400, "Unexpected end of JSON input");
  }
  if (isObject(value)) return value;
  throw invalid([], "Invalid input: expected object, received undefined");
}

/** The session that a request belongs to; none if it carries the API key. */
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
    // The sessions of a user who is deleted, softly or for good, are of no use.
    const user = state.store.find("users", session?.userId ?? "");
    if (user?.data.deletedAt === null) return session;
    throw new ApiError(401, "Invalid user token");
  }
  const apiKey = headers.get("x-api-key");
  if (apiKey === null) throw new ApiError(401, "Authentication required");
  if (apiKey !== state.apiKey) throw new ApiError(401, "Invalid API key");
  return undefined;
}

/** The session that a request belongs to. */
export function requireSession(exchange: Exchange): FakeSession {
  const session = authenticate(exchange);
  if (session !== undefined) return session;
  throw new ApiError(403, "Sync endpoints cannot be used with API keys");
}
