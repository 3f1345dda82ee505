/**
 * A fake Immich server for tests.
 *
 * @example Test your own code
 * ```ts
 * import { currentUser } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich({ email: "ada@immich.test" });
 * const user = await currentUser(server.createSession(), { fetch: server.fetch });
 * assertEquals(user.name, "ada");
 * ```
 *
 * @example Inject faults, and recover from them
 * ```ts
 * import { sync } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * for (let index = 0; index < 100; index++) server.library.addAsset();
 * server.inject({ type: "status", status: 503, retryAfterSeconds: 1 });
 * server.inject({ type: "truncate", atByte: 10_000 }, { type: "duplicate" });
 * server.inject({ type: "drop", on: "ack" });
 *
 * const copy = new Map<string, object>();
 * await sync(server.createSession(), ["AssetsV2"], {
 *   process({ type, events }) {
 *     for (const { data } of type === "AssetV2" ? events : []) copy.set(data.id, data);
 *   },
 *   reset: () => copy.clear(),
 * }, { fetch: server.fetch, retry: { delayMs: 1 } });
 * assertEquals(copy, server.snapshot().assets);
 * assertEquals(server.pendingFaults, 0);
 * ```
 *
 * @example Give two consumers separate checkpoints
 * ```ts
 * import { createChildSession, syncAck, syncStream } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * const { fetch } = server;
 * server.library.addAsset();
 * const session = server.createSession();
 * const backup = await createChildSession(session, { deviceType: "backup", fetch });
 * for (const consumer of [session, backup]) {
 *   const stream = await syncStream(consumer, ["AssetsV2"], { fetch });
 *   const events = await Array.fromAsync(stream);
 *   await syncAck(consumer, events, { fetch });
 *   assertEquals(events.length, 2); // The asset, and `SyncCompleteV1`.
 * }
 * ```
 *
 * @example Share another user's album
 * ```ts
 * import { syncStream } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * const bob = server.library.addUser({ email: "bob@immich.test" });
 * const library = server.library.as(bob.id); // Changes made here are Bob's.
 * const { id } = library.addAlbum({ name: "Summer" }, [library.addAsset().id]);
 * library.shareAlbum(id, server.user.id);
 *
 * const types = ["AlbumsV2", "AlbumToAssetsV1"] as const;
 * const stream = await syncStream(server.createSession(), types, { fetch: server.fetch });
 * const events = await Array.fromAsync(stream);
 * assertEquals(events.map(({ type }) => type), [
 *   "AlbumV2",
 *   "AlbumToAssetV1",
 *   "SyncCompleteV1",
 * ]);
 * ```
 *
 * @module
 */
export { FakeImmich } from "./fake_immich.ts";
export type { FakeImmichOptions } from "./fake_immich_options.ts";
export type { CompatibleServer } from "./compatible_server.ts";
export type {
  AcksFault,
  ConnectionFault,
  DuplicateFault,
  Fault,
  FaultTarget,
  FaultTiming,
  HtmlFault,
  LateFault,
  PoisonFault,
  RedirectFault,
  ResetFault,
  SeenRequest,
  SplitFault,
  StallFault,
  StatusFault,
  TruncateFault,
  UnknownFault,
} from "./faults.ts";
export { FakeLibrary } from "./library.ts";
export {
  createRequestListener,
  type NodeRequest,
  type NodeResponse,
  type RequestListener,
} from "./request_listener.ts";
export type { Role } from "./changes/albums.ts";
export type { StreamMoment } from "./timed_changes.ts";
export type { ProviderMode } from "./provider.ts";
export type { Snapshot, SnapshotTable } from "./snapshot.ts";
