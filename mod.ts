/**
 * The Immich client for every place that has only `fetch` and Web Streams:
 * Deno, Cloudflare Workers, Bun, Node and browsers.
 *
 * Sign in ({@linkcode authorize} and {@linkcode callback}, or
 * {@linkcode login}), open the sync stream ({@linkcode syncStream}), store its
 * events, and acknowledge what is stored ({@linkcode syncAck}).
 *
 * @example Everything that has changed since the last time
 * ```ts
 * import { login, syncAck, syncStream } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich(); // In life: the address of your server, and no `fetch`.
 * server.library.addAsset({ originalFileName: "beach.jpg" });
 * const { baseUrl, fetch } = server;
 *
 * const session = await login("demo@immich.test", "demo", { baseUrl, fetch });
 * const store = new Map<string, string>();
 * const acks: string[] = [];
 * for await (const event of await syncStream(session, ["AssetsV2"], { fetch })) {
 *   if (event.type === "AssetV2") store.set(event.data.id, event.data.originalFileName);
 *   if (event.type === "AssetDeleteV1") store.delete(event.data.assetId);
 *   acks.push(event.ack);
 * }
 * await syncAck(session, acks, { fetch }); // Only once everything is stored.
 *
 * assertEquals([...store.values()], ["beach.jpg"]);
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
export type { SyncPass, SyncResult } from "./src/sync/steps.ts";
export { syncStream, type SyncStreamOptions } from "./src/sync/stream.ts";
export { supportedSyncTypes } from "./src/sync/types.ts";
export { currentUser } from "./src/users.ts";
