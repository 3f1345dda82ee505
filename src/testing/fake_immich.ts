/**
 * An in-memory Immich.
 *
 * @module
 */
import { normalizeBaseUrl } from "../base_url.ts";
import type { ServerVersion, SyncAuthUserV1 } from "../protocol.ts";
import type { Session } from "../session.ts";
import { Answers } from "./answers.ts";
import type { ServerState } from "./exchange.ts";
import { addUser, FakeLibrary } from "./library.ts";
import { Provider, type ProviderMode } from "./provider.ts";
import { loadRecording } from "./recording.ts";
import { route } from "./routes.ts";
import { createToken, Sessions } from "./sessions.ts";
import { Store } from "./store.ts";

/** Options of {@linkcode FakeImmich}. */
export interface FakeImmichOptions {
  /**
   * Where the server pretends to be, for `fetch`.
   * @default {"https://immich.test"}
   */
  baseUrl?: string;
  /**
   * Version that it passes for: the shape of its answers, and what it can be asked for.
   * @default {{ major: 3, minor: 1, patch: 0 }}
   */
  version?: ServerVersion;
  /**
   * The lines of a recorded first stream: the library starts with its rows, and
   * its user signs in.
   * @default {a user with an empty library}
   */
  recording?: string;
  /**
   * E-mail address of the user, if there is no recording.
   * @default {"demo@immich.test"}
   */
  email?: string;
  /**
   * Password of every user.
   * @default {"demo"}
   */
  password?: string;
  /**
   * What the OAuth provider does with who comes.
   * @default {"approve"}
   */
  provider?: ProviderMode;
  /**
   * The clock, in milliseconds since 1970.
   * @default {Date.now}
   */
  now?: () => number;
}

/** A request that the server has seen. */
export interface SeenRequest {
  /** Method. */
  method: string;
  /** Path and query. */
  path: string;
  /** Headers, names in lower case. */
  headers: Record<string, string>;
  /** Body, empty if there was none. */
  body: string;
}

/**
 * An Immich server in memory, for tests: pass its `fetch` wherever a `fetch` is
 * taken, or serve its `handler` over a socket.
 *
 * It follows exchanges recorded with real servers: sign-in with password and
 * OAuth with a provider of its own, child sessions, the sync stream with
 * checkpoints per session, acks, resets, and the errors in between.
 *
 * @example In memory
 * ```ts
 * import { login, syncStream } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * server.library.addAlbum({ name: "Summer" });
 * const { baseUrl, fetch } = server;
 * const session = await login("demo@immich.test", "demo", { baseUrl, fetch });
 * for await (const event of await syncStream(session, ["AlbumsV2"], { fetch })) {
 *   if (event.type === "AlbumV2") assertEquals(event.data.name, "Summer");
 * }
 * ```
 *
 * @example Over a socket
 * ```ts
 * import { serverVersion } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const { handler } = new FakeImmich({ version: { major: 2, minor: 7, patch: 5 } });
 * const server = Deno.serve({ hostname: "127.0.0.1", port: 0 }, handler);
 * const baseUrl = `http://127.0.0.1:${server.addr.port}`;
 * assertEquals((await serverVersion({ baseUrl })).minor, 7);
 * await server.shutdown();
 * ```
 */
export class FakeImmich {
  /** Where the server pretends to be. */
  readonly baseUrl: string;
  /** The user who signs in. */
  readonly user: Readonly<SyncAuthUserV1>;
  /** Password of every user. */
  readonly password: string;
  /** A key that works outside of the sync endpoints, as on a real server. */
  readonly apiKey: string = createToken();
  /** The user's library, to be changed. */
  readonly library: FakeLibrary;
  /** Every request so far. */
  readonly requests: SeenRequest[] = [];
  /** Answers a request that came over a socket; what `Deno.serve` takes. */
  readonly handler: (request: Request) => Promise<Response>;
  /** Answers a request in memory; a `fetch` that knows this server alone. */
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  readonly #state: ServerState;

  /** Sets up a server. */
  constructor(options: FakeImmichOptions = {}) {
    const { now = Date.now, email = "demo@immich.test" } = options;
    const store = new Store(now);
    const { version = { major: 3, minor: 1, patch: 0 } } = options;
    this.baseUrl = normalizeBaseUrl(options.baseUrl ?? "https://immich.test");
    this.password = options.password ?? "demo";
    this.user = options.recording === undefined
      ? addUser(store, { email, isAdmin: true })
      : loadRecording(store, options.recording);
    this.library = new FakeLibrary(store, this.user.id);
    this.#state = {
      version,
      store,
      sessions: new Sessions(now),
      provider: new Provider(options.provider ?? "approve"),
      answers: new Answers(version),
      userId: this.user.id,
      password: this.password,
      apiKey: this.apiKey,
    };
    this.handler = (request) => this.#handle(request);
    this.fetch = async (url, init = {}) => {
      const signal = init.signal ?? undefined;
      signal?.throwIfAborted();
      return await this.#handle(new Request(url, init), signal);
    };
  }

  /** Begins a session of the user, as `login` does. */
  createSession(): Session {
    const { sessions, userId } = this.#state;
    const { accessToken } = sessions.create(userId);
    return { baseUrl: this.baseUrl, accessToken, userId };
  }

  /** Makes the next stream of a session a reset. */
  requestReset({ accessToken }: Session): void {
    const session = this.#state.sessions.find(accessToken);
    if (session !== undefined) session.isPendingSyncReset = true;
  }

  async #handle(request: Request, signal?: AbortSignal): Promise<Response> {
    const { method, url, headers } = request;
    const { pathname, search } = new URL(url);
    const body = await request.text();
    const path = pathname + search;
    this.requests.push({
      method,
      path,
      headers: Object.fromEntries(headers),
      body,
    });
    const { pathname: basePath } = new URL(this.baseUrl);
    // Served over a socket, it is below no path.
    const below = basePath !== "/" && pathname.startsWith(`${basePath}/`);
    const endpoint = below ? pathname.slice(basePath.length) : pathname;
    const state = this.#state;
    return await route({ state, request, path: endpoint, body, signal });
  }
}
