/**
 * The Immich client for every place that has only `fetch` and Web Streams:
 * Deno, Cloudflare Workers, Bun, Node and browsers.
 *
 * Sign in ({@linkcode authorize} and {@linkcode callback}, or
 * {@linkcode login}), and bring a copy up to date: {@linkcode sync} with a
 * processor, or {@linkcode syncBatches} in a loop of your own. Below them are the
 * single calls: {@linkcode syncStream} and {@linkcode syncAck}. Any other endpoint
 * is called with {@linkcode request}.
 *
 * @example Everything that has changed since the last time
 * ```ts
 * import { login, sync } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich(); // In life: the address of your server, and no `fetch`.
 * server.library.addAsset({ originalFileName: "beach.jpg" });
 * const { baseUrl, fetch } = server;
 *
 * const session = await login("demo@immich.test", "demo", { baseUrl, fetch });
 * const photos = new Map<string, string>();
 * const { counts } = await sync(session, ["AssetsV2"], {
 *   process({ type, events }) {
 *     if (type === "AssetV2") {
 *       for (const { data } of events) photos.set(data.id, data.originalFileName);
 *     } else if (type === "AssetDeleteV1") {
 *       for (const { data } of events) photos.delete(data.assetId);
 *     }
 *   },
 *   reset: () => photos.clear(),
 * }, { fetch });
 *
 * assertEquals([...photos.values()], ["beach.jpg"]);
 * assertEquals(counts, { AssetV2: 1 });
 * ```
 *
 * @module
 */
export {
  type Authorization,
  authorize,
  type AuthorizeOptions,
  callback,
  type CallbackOptions,
  type ChildSessionOptions,
  codeChallenge,
  createChildSession,
  createCodeVerifier,
  createState,
  login,
  type LoginOptions,
  logout,
  type OAuthContext,
} from "./src/auth/mod.ts";
export * from "./src/errors/mod.ts";
export {
  type CallOptions,
  type Client,
  type ClientOptions,
  type ClientRequest,
  createClient,
  type Fetch,
  type Session,
} from "./src/http/mod.ts";
export type * from "./src/protocol/wire.ts";
export { supportedSyncTypes } from "./src/protocol/mod.ts";
export {
  currentUser,
  discover,
  request,
  type RequestOptions,
  serverVersion,
} from "./src/server/mod.ts";
export {
  hasUnknownType,
  ndjson,
  type NdjsonOptions,
  syncStream,
  type SyncStreamOptions,
  toSyncEvent,
} from "./src/stream/mod.ts";
export {
  type AckableBatch,
  type AckSchedule,
  type AnyVersion,
  deleteSyncAcks,
  type DeleteSyncAcksOptions,
  type FullSyncSchedule,
  getSyncAcks,
  type KnownSyncBatch,
  type ResetBatch,
  type RetryOptions,
  sync,
  type SyncAck,
  syncAck,
  type SyncBatch,
  syncBatches,
  type SyncEnd,
  type SyncOptions,
  type SyncProcessor,
  type SyncProgress,
  type SyncResult,
  type SyncSource,
  type SyncStart,
  type SyncState,
  type UnknownSyncBatch,
} from "./src/sync/mod.ts";
