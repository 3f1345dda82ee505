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
 * @module
 */
export { FakeImmich, type FakeImmichOptions } from "./fake_immich.ts";
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
export type { Role } from "./library/albums.ts";
export type { ProviderMode } from "./provider.ts";
export type { Snapshot, SnapshotTable } from "./snapshot.ts";
