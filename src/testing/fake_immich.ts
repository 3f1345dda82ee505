/**
 * An in-memory Immich.
 *
 * @module
 */
import { normalizeBaseUrl, type Session } from "../http/mod.ts";
import type { SyncAuthUserV1 } from "../protocol/mod.ts";
import { Answers } from "./answers.ts";
import type { ServerState } from "./exchange.ts";
import type { FakeImmichOptions } from "./fake_immich_options.ts";
import { type Fault, FaultQueue, type SeenRequest } from "./faults.ts";
import { generationOf } from "./generation.ts";
import { FakeLibrary } from "./library.ts";
import { addUser } from "./changes/users.ts";
import type { StreamMoment } from "./moves.ts";
import { positionAt } from "./position.ts";
import { Provider } from "./provider.ts";
import { loadRecording } from "./recording.ts";
import { route } from "./routes.ts";
import { createToken, Sessions } from "./sessions.ts";
import { type Snapshot, takeSnapshot } from "./snapshot.ts";
import { Store } from "./store.ts";
import { applyFaults } from "./apply_faults.ts";

/** How long a server remembers what is gone. */
const AUDIT_MS = 31 * 24 * 60 * 60 * 1000;

/**
 * An Immich server in memory, for tests: pass its `fetch` wherever a `fetch` is
 * taken, or serve its `handler` over a socket.
 *
 * It follows exchanges recorded with real servers: sign-in with password and
 * OAuth with a provider of its own, child sessions, the sync stream with
 * checkpoints per session, backfill of what is newly shared, acks, resets, and
 * the errors in between. What goes wrong on the way is injected.
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
  readonly #faults = new FaultQueue();

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
    const generation = generationOf(version);
    this.#state = {
      version,
      generation,
      store,
      sessions: new Sessions(now),
      provider: new Provider(options.provider ?? "approve"),
      answers: new Answers(generation),
      userId: this.user.id,
      password: this.password,
      apiKey: this.apiKey,
      now,
      compression: options.compression ?? false,
      moves: [],
      forkTypes: new Set(),
      openStreams: 0,
    };
    this.handler = (request) => this.#handle(request, true);
    this.fetch = async (url, init = {}) => {
      const signal = init.signal ?? undefined;
      signal?.throwIfAborted();
      const request = new Request(url, init);
      const answer = await this.#handle(request, false, signal);
      if (signal?.aborted !== true) return answer;
      // As with a real fetch, an answer that nobody waits for does not come.
      await answer.body?.cancel().catch(() => {});
      throw signal.reason;
    };
  }

  /** Streams whose body is neither read to its end nor cancelled. */
  get openStreams(): number {
    return this.#state.openStreams;
  }

  /** Requests that are yet to be struck by what was injected. */
  get pendingFaults(): number {
    return this.#faults.size;
  }

  /** Begins a session of a user, as `login` does. */
  createSession(userId: string = this.user.id): Session {
    const { accessToken } = this.#state.sessions.create(userId);
    return { baseUrl: this.baseUrl, accessToken, userId };
  }

  /** Ends a session and its children, as the user may do from elsewhere. */
  endSession({ accessToken }: Session): void {
    const session = this.#state.sessions.use(accessToken);
    if (session !== undefined) this.#state.sessions.end(session);
  }

  /** Makes the next stream of a session a reset. */
  requestReset({ accessToken }: Session): void {
    const session = this.#state.sessions.use(accessToken);
    if (session !== undefined) session.isPendingSyncReset = true;
  }

  /** Forgets what was deleted more than 31 days ago, as real servers do every night. */
  forgetDeletes(): void {
    const { store, now } = this.#state;
    store.forgetAudits(positionAt(now() - AUDIT_MS));
  }

  /**
   * Makes a change that takes its place in the order of changes now, and is made
   * when the function that it gives is called: a transaction that commits late.
   * Whoever has synced past its place meanwhile hears of it only from zero.
   */
  commitLater(change: () => void): () => void {
    const commit = this.#state.store.reserve();
    return () => commit(change);
  }

  /**
   * Makes a change while the next stream is sent. As on a real server, a stream
   * is no snapshot: rows that change after it has begun are left out of it and
   * come with the next one, while the rows that belong to them come now.
   *
   * @example An album that is renamed while its contents are sent
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
    this.#state.moves.push({ when, change });
  }

  /**
   * Lets something go wrong with the next request that it is meant for. Several
   * faults strike the same request, the one that the first of them is meant for.
   *
   * @example A stream that is cut
   * ```ts
   * import { syncStream, TruncatedStreamError } from "@immich-edge/sync";
   * import { FakeImmich } from "@immich-edge/sync/testing";
   * import { assertRejects } from "@std/assert";
   *
   * const server = new FakeImmich();
   * const { fetch } = server;
   * server.library.addAsset();
   * server.inject({ kind: "cut", atByte: 100, clean: true });
   * const stream = await syncStream(server.createSession(), ["AssetsV2"], { fetch });
   * await assertRejects(() => Array.fromAsync(stream), TruncatedStreamError);
   * ```
   */
  inject(fault: Fault, ...more: Fault[]): void {
    this.#faults.add(fault, ...more);
  }

  /** Takes back what was injected and has not struck yet. */
  clearFaults(): void {
    this.#faults.clear();
  }

  /**
   * What a copy holds that has synced everything: table → key → row, in the
   * newest shape that this version of the server sends.
   *
   * @example What a partner shares
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
    const body = await request.text();
    const headers = Object.fromEntries(request.headers);
    const seen = { method, path: pathname + search, headers, body };
    this.requests.push(seen);
    const { pathname: basePath } = new URL(this.baseUrl);
    // Served over a socket, it is below no path.
    const below = basePath !== "/" && pathname.startsWith(`${basePath}/`);
    const path = below ? pathname.slice(basePath.length) : pathname;
    const state = this.#state;
    const faults = this.#faults.take(seen);
    const exchange = { state, request, path, body, onSocket, faults, signal };
    const { answers } = state;
    return await applyFaults({ faults, answers, signal, onSocket }, () => {
      return route(exchange);
    });
  }
}
