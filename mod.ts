/**
 * An Immich client that needs only `fetch` and Web Streams. It runs on Deno,
 * Cloudflare Workers, Bun and Node, and in browsers.
 *
 * Sign in with {@linkcode authorize} and {@linkcode callback}, or with
 * {@linkcode login}. Then keep a local copy up to date: {@linkcode sync} calls a
 * processor, and {@linkcode syncBatches} lets you pull batches in a loop. For full
 * control, use {@linkcode syncStream} and {@linkcode syncAck}. Call any other
 * endpoint with {@linkcode request}.
 *
 * @example Keep a copy of the file names
 * ```ts
 * import { login, sync } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich(); // Use your own `baseUrl`, and leave out `fetch`.
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
  keepSession,
  type KeepSessionOptions,
  type KeptSession,
  login,
  type LoginOptions,
  logout,
  type OAuthContext,
  type SessionStore,
} from "./src/auth/mod.ts";
export * from "./src/errors/mod.ts";
export {
  type CallOptions,
  type Client,
  type ClientOptions,
  type ClientRequest,
  createClient,
  type Fetch,
  type IterableStream,
  type Session,
  type TraceErrorCode,
  type TraceEvent,
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
  type BudgetOptions,
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
  type SyncWatch,
  type UnknownSyncBatch,
  type WatchReport,
  watchSync,
  type WatchSyncOptions,
} from "./src/sync/mod.ts";
