/**
 * The Immich client for every place that has only `fetch` and Web Streams:
 * Deno, Cloudflare Workers, Bun, Node and browsers.
 *
 * Sign in ({@linkcode authorize} and {@linkcode callback}, or
 * {@linkcode login}), and bring a copy up to date: {@linkcode sync} with a
 * processor, or {@linkcode syncBatches} in a loop of your own. Below them are the
 * single calls: {@linkcode syncStream} and {@linkcode syncAck}.
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
export { type CallOptions } from "./src/call.ts";
export {
  type Client,
  type ClientOptions,
  type ClientRequest,
  createClient,
  type Fetch,
} from "./src/client.ts";
export * from "./src/errors.ts";
export {
  type ChildSessionOptions,
  createChildSession,
  login,
  type LoginOptions,
  logout,
} from "./src/login.ts";
export {
  type Authorization,
  authorize,
  type AuthorizeOptions,
  callback,
  type CallbackOptions,
} from "./src/oauth.ts";
export type { ContextAge, OAuthContext } from "./src/oauth_callback.ts";
export type * from "./src/protocol.ts";
export { discover, serverVersion } from "./src/server.ts";
export type { Session } from "./src/session.ts";
export {
  deleteSyncAcks,
  type DeleteSyncAcksOptions,
  getSyncAcks,
  type SyncAck,
  syncAck,
} from "./src/sync/acks.ts";
export type {
  AnyVersion,
  KnownSyncBatch,
  SyncBatch,
  UnknownSyncBatch,
} from "./src/sync/batch.ts";
export type {
  FullPassSchedule,
  SyncOptions,
  SyncProgress,
  SyncSource,
} from "./src/sync/options.ts";
export {
  type AckableBatch,
  type ResetBatch,
  sync,
  syncBatches,
  type SyncProcessor,
} from "./src/sync/run.ts";
export type { RunKind } from "./src/sync/state.ts";
export type { EndedPass, SyncPass, SyncResult } from "./src/sync/steps.ts";
export { syncStream, type SyncStreamOptions } from "./src/sync/stream.ts";
export { supportedSyncTypes } from "./src/sync/types.ts";
export { currentUser } from "./src/users.ts";
