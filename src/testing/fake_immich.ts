/**
 * An in-memory Immich server.
 *
 * @module
 */
import { normalizeBaseUrl, type Session } from "../http/mod.ts";
import type { SyncAuthUserV1 } from "../protocol/mod.ts";
import { Responses } from "./responses.ts";
import type { ServerState } from "./exchange.ts";
import type { FakeImmichOptions } from "./fake_immich_options.ts";
import { type Fault, FaultQueue, type SeenRequest } from "./faults.ts";
import { generationOf } from "./generation.ts";
import { FakeLibrary } from "./library.ts";
import { addUser } from "./changes/users.ts";
import type { StreamMoment } from "./timed_changes.ts";
import { positionAt } from "./position.ts";
import { Provider } from "./provider.ts";
import { loadRecording } from "./recording.ts";
import { route } from "./routes.ts";
import { createToken, Sessions } from "./sessions.ts";
import { type Snapshot, takeSnapshot } from "./snapshot.ts";
import { Store } from "./store.ts";
import { applyFaults } from "./apply_faults.ts";

/** How long a server keeps deletes, in milliseconds. */
const AUDIT_MS = 31 * 24 * 60 * 60 * 1000;

/**
 * An in-memory Immich server for tests. Pass its `fetch` as an option, or serve its
 * `handler` over a socket. For `node:http`, use `createRequestListener`.
 *
 * It behaves like the real servers whose responses were recorded. It supports
 * sign-in with a password or through a built-in OAuth provider, child sessions,
 * the sync stream with checkpoints per session, backfills for new shares, acks,
 * resets and errors. It also supports the main endpoints for users, assets,
 * albums, partners, stacks, memories, people and timelines. Use `inject` to
 * inject network and server failures.
 *
 * @example Use it in memory
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
 * @example Serve it over a socket
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
  /** The server's address. */
  readonly baseUrl: string;
  /** The user who signs in. */
  readonly user: Readonly<SyncAuthUserV1>;
  /** The password of every user who was not created through the API. */
  readonly password: string;
  /** An API key. As on a real server, the sync endpoints reject it. */
  readonly apiKey: string = createToken();
  /** The user's library, with methods to change it. */
  readonly library: FakeLibrary;
  /** All requests received so far. */
  readonly requests: SeenRequest[] = [];
  /** Handles a request that arrives over a socket, for example from `Deno.serve`. */
  readonly handler: (request: Request) => Promise<Response>;
  /** Handles a request in memory, as a replacement for `fetch`. */
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  readonly #state: ServerState;
  readonly #faults = new FaultQueue();

  /** Creates a server. */
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
    const generation = generationOf(version, options.compatible);
    this.#state = {
      version,
      generation,
      store,
      sessions: new Sessions(now),
      provider: new Provider(options.provider ?? "approve"),
      responses: new Responses(generation),
      userId: this.user.id,
      password: this.password,
      passwords: new Map(),
      files: new Map(),
      apiKey: this.apiKey,
      now,
      compression: options.compression ?? false,
      timedChanges: [],
      forkTypes: new Set(),
      openStreams: 0,
    };
    this.handler = (request) => this.#handle(request, true);
    this.fetch = async (url, init = {}) => {
      const signal = init.signal ?? undefined;
      signal?.throwIfAborted();
      const request = new Request(url, init);
      const response = await this.#handle(request, false, signal);
      if (signal?.aborted !== true) return response;
      // Like the real `fetch`, reject if the request was aborted in the meantime.
      await response.body?.cancel().catch(() => {});
      throw signal.reason;
    };
  }

  /**
   * Number of streams whose body has been neither read to the end nor canceled.
   */
  get openStreams(): number {
    return this.#state.openStreams;
  }

  /** Number of further requests that will be affected by injected faults. */
  get pendingFaults(): number {
    return this.#faults.size;
  }

  /** Creates a session for a user, as `login` does. */
  createSession(userId: string = this.user.id): Session {
    const { accessToken } = this.#state.sessions.create(userId);
    return { baseUrl: this.baseUrl, accessToken, userId };
  }

  /**
   * Ends a session and its child sessions, as if the user had ended the session
   * on another device.
   */
  endSession({ accessToken }: Session): void {
    const session = this.#state.sessions.use(accessToken);
    if (session !== undefined) this.#state.sessions.end(session);
  }

  /** Makes a session's next stream contain only a reset. */
  requestReset({ accessToken }: Session): void {
    const session = this.#state.sessions.use(accessToken);
    if (session !== undefined) session.isPendingSyncReset = true;
  }

  /** Drops deletes that are older than 31 days, as real servers do every night. */
  forgetDeletes(): void {
    const { store, now } = this.#state;
    store.forgetAudits(positionAt(now() - AUDIT_MS));
  }

  /**
   * Imitates a transaction that commits late: reserves a position in the order of
   * changes now, and makes the change later. Sessions that have synced past this
   * position receive the change only in a full sync.
   *
   * @returns A function that makes the change.
   */
  commitLater(change: () => void): () => void {
    const commit = this.#state.store.reserve();
    return () => commit(change);
  }

  /**
   * Makes a change while the next stream is being sent. As on a real server, a stream is
   * not a snapshot: rows that change after the stream begins are left out and
   * arrive with the next stream, while their child rows arrive with this stream.
   *
   * @example Rename an album while its contents are being sent
   * ```ts
   * import { syncStream } from "@immich-edge/sync";
   * import { FakeImmich } from "@immich-edge/sync/testing";
   * import { assertEquals } from "@std/assert";
   *
   * const server = new FakeImmich();
   * const { fetch, library } = server;
   * const album = library.addAlbum({}, [library.addAsset().id]);
   * server.changeDuringStream({ before: "AlbumsV2" }, () => {
   *   library.updateAlbum(album.id, { name: "Summer" });
   * });
   * const types = ["AlbumsV2", "AlbumToAssetsV1"] as const;
   * const stream = await syncStream(server.createSession(), types, { fetch });
   * const events = await Array.fromAsync(stream);
   * assertEquals(events.map(({ type }) => type), ["AlbumToAssetV1", "SyncCompleteV1"]);
   * ```
   */
  changeDuringStream(when: StreamMoment, change: () => void): void {
    this.#state.timedChanges.push({ when, change });
  }

  /**
   * Applies the given faults to the next matching request. If several faults
   * are given, all of them apply to the same request, which is selected by the
   * first fault's `on` and `times` options.
   *
   * @example Truncate a stream
   * ```ts
   * import { syncStream, TruncatedStreamError } from "@immich-edge/sync";
   * import { FakeImmich } from "@immich-edge/sync/testing";
   * import { assertRejects } from "@std/assert";
   *
   * const server = new FakeImmich();
   * const { fetch } = server;
   * server.library.addAsset();
   * server.inject({ type: "truncate", atByte: 100, clean: true });
   * const stream = await syncStream(server.createSession(), ["AssetsV2"], { fetch });
   * await assertRejects(() => Array.fromAsync(stream), TruncatedStreamError);
   * ```
   */
  inject(fault: Fault, ...more: Fault[]): void {
    this.#faults.add(fault, ...more);
  }

  /** Removes all faults that have not been applied yet. */
  clearFaults(): void {
    this.#faults.clear();
  }

  /**
   * Returns the rows of a complete copy: table → key → row. The rows are in the
   * newest format that this server version supports.
   *
   * @example Check what a partner shares
   * ```ts
   * import { FakeImmich } from "@immich-edge/sync/testing";
   * import { assertEquals } from "@std/assert";
   *
   * const server = new FakeImmich();
   * const bob = server.library.addUser({ email: "bob@immich.test" });
   * const library = server.library.as(bob.id);
   * const { id } = library.addAsset();
   * assertEquals([...server.snapshot().assets.keys()], []);
   * library.addPartner(server.user.id);
   * assertEquals([...server.snapshot().assets.keys()], [id]);
   * ```
   */
  snapshot(userId: string = this.user.id): Snapshot {
    const { store, version } = this.#state;
    return takeSnapshot(store, userId, version);
  }

  async #handle(
    request: Request,
    onSocket: boolean,
    signal?: AbortSignal,
  ): Promise<Response> {
    const { method, url } = request;
    const { pathname, search } = new URL(url);
    const bytes = await request.arrayBuffer();
    const body = new TextDecoder().decode(bytes);
    const headers = Object.fromEntries(request.headers);
    const seen = { method, path: pathname + search, headers, body };
    this.requests.push(seen);
    const { pathname: basePath } = new URL(this.baseUrl);
    // Over a socket, the request's path may lack the path of `baseUrl`.
    const below = basePath !== "/" && pathname.startsWith(`${basePath}/`);
    const path = below ? pathname.slice(basePath.length) : pathname;
    const state = this.#state;
    const faults = this.#faults.take(seen);
    const context = { state, request, path, onSocket, faults, signal };
    const exchange = { ...context, body, bytes };
    const { responses } = state;
    return await applyFaults({ faults, responses, signal, onSocket }, () => {
      return route(exchange);
    });
  }
}
