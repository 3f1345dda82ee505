/**
 * An Immich server to test against, without an Immich server.
 *
 * @example A test of your own code
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
 * @example What goes wrong on the way, and is made up for
 * ```ts
 * import { sync } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * for (let index = 0; index < 100; index++) server.library.addAsset();
 * server.inject({ kind: "status", status: 503, retryAfterSeconds: 1 });
 * server.inject({ kind: "cut", atByte: 10_000 }, { kind: "duplicate" });
 * server.inject({ kind: "lose", on: "ack" });
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
 * @example Two consumers of one user, each with its own place in the stream
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
 *   assertEquals(events.length, 2); // The asset, and that the stream is whole.
 * }
 * ```
 *
 * @example An album that another user shares
 * ```ts
 * import { syncStream } from "@immich-edge/sync";
 * import { FakeImmich } from "@immich-edge/sync/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const server = new FakeImmich();
 * const bob = server.library.addUser({ email: "bob@immich.test" });
 * const library = server.library.as(bob.id); // What is done here, Bob does.
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
export type {
  AcksFault,
  CutFault,
  DripFault,
  DuplicateFault,
  Fault,
  FaultTarget,
  FaultTiming,
  HtmlFault,
  PoisonFault,
  RedirectFault,
  ResetFault,
  SeenRequest,
  SilenceFault,
  StallFault,
  StatusFault,
  UnknownFault,
} from "./faults.ts";
export { FakeLibrary } from "./library.ts";
export type { Role } from "./changes/albums.ts";
export type { StreamMoment } from "./moves.ts";
export type { ProviderMode } from "./provider.ts";
export type { Snapshot, SnapshotTable } from "./snapshot.ts";
