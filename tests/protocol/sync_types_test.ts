import { assert, assertEquals, assertThrows } from "@std/assert";
import { SYNC_REQUESTS, type SyncRequestType } from "../../src/protocol/mod.ts";
import {
  acceptance,
  adaptSyncTypes,
  checkSyncTypes,
  supportedSyncTypes,
} from "../../src/protocol/sync_types.ts";
import { test } from "../support/test.ts";

const V3 = { major: 3, minor: 1, patch: 0, prerelease: null };
const V25 = { major: 2, minor: 5, patch: 6 };
const V2 = { major: 2, minor: 7, patch: 5 };

test("a 3.x server is asked only for the newest version of each type", () => {
  const types = supportedSyncTypes(V3);
  assertEquals(types.length, 22);
  for (
    const type of [
      "AssetsV2",
      "AlbumsV2",
      "AssetFacesV2",
      "AssetOcrV1",
      "AuthUsersV1",
    ] as const
  ) {
    assert(types.includes(type), type);
  }
  for (
    const type of [
      "AssetsV1",
      "AlbumsV1",
      "AssetFacesV1",
      "PartnerAssetsV1",
    ] as const
  ) {
    assert(!types.includes(type), type);
  }
});

test("a 3.3 server is asked for the types expected in 3.3", () => {
  const types = supportedSyncTypes({ major: 3, minor: 3, patch: 0 });
  const changed = types.filter((type) =>
    !supportedSyncTypes(V3).includes(type)
  );
  assertEquals(changed, ["AuthUsersV2", "AssetFacesV3"]);
  assertEquals(types.length, supportedSyncTypes(V3).length);
});

test("types expected in 3.3 are replaced with older ones for older servers", () => {
  const types = ["AuthUsersV2", "AssetFacesV3"] as const;
  assertEquals(adaptSyncTypes(types, V3), ["AuthUsersV1", "AssetFacesV2"]);
  assertEquals(adaptSyncTypes(types, V25), ["AuthUsersV1", "AssetFacesV1"]);
  const older = ["AuthUsersV1", "AssetFacesV2"] as const;
  const v33 = { major: 3, minor: 3, patch: 0 };
  assertEquals(adaptSyncTypes(older, v33), [...older], "still supported");
});

test("a 2.7 server is asked only for the types that it supports", () => {
  const types = supportedSyncTypes(V2);
  for (
    const type of [
      "AssetsV1",
      "AlbumsV1",
      "AssetFacesV2",
      "AssetEditsV1",
    ] as const
  ) {
    assert(types.includes(type), type);
  }
  for (
    const type of [
      "AssetsV2",
      "AlbumsV2",
      "AssetOcrV1",
      "AssetFacesV1",
    ] as const
  ) {
    assert(!types.includes(type), type);
  }
});

test("a 2.5 server is asked for version 1 of faces, and is not asked for edits", () => {
  const types = supportedSyncTypes(V25);
  assert(types.includes("AssetFacesV1"));
  assert(!types.includes("AssetEditsV1"));
});

test("a server that has no sync stream is asked for no types", () => {
  assertEquals(supportedSyncTypes({ major: 1, minor: 126, patch: 1 }), []);
});

test("a version that is not an object with three integers is rejected", () => {
  const half = { major: 3, minor: 1.5, patch: 0 };
  for (const value of ["3.1.0", {}, { major: 3 }, half, null, 3]) {
    const version = value as unknown as typeof V2;
    const message = "Cannot use the server's version: ";
    assertThrows(() => supportedSyncTypes(version), TypeError, message);
    assertThrows(
      () => checkSyncTypes(["AssetsV2"], version),
      TypeError,
      message,
    );
  }
});

test("request types are listed in the order that servers send their rows", () => {
  const order = Object.keys(SYNC_REQUESTS);
  const places = supportedSyncTypes(V3).map((type) => order.indexOf(type));
  assertEquals(places, places.toSorted((a, b) => a - b));
});

test("a request type is unknown before its first release and retired after its last", () => {
  assertEquals(acceptance(V2, "AssetsV1"), "accepted");
  assertEquals(acceptance(V2, "AssetsV2"), "unknown");
  assertEquals(acceptance(V3, "AssetsV1"), "retired");
  const release = { major: 3, minor: 0, patch: 0 };
  assertEquals(acceptance(release, "AssetsV1"), "retired");
  assertEquals(acceptance(release, "AssetsV2"), "accepted");
  assertEquals(
    acceptance({ major: 2, minor: 99, patch: 9 }, "AssetsV1"),
    "accepted",
  );
  assertEquals(
    acceptance({ major: 1, minor: 135, patch: 9 }, "StacksV1"),
    "unknown",
  );
  assertEquals(
    acceptance({ major: 1, minor: 136, patch: 0 }, "StacksV1"),
    "accepted",
  );
  assertEquals(acceptance(V3, "FutureV1" as SyncRequestType), "accepted");
});

test("an empty or missing list of request types is rejected", () => {
  for (const types of [[], undefined, "AssetsV2"]) {
    assertThrows(
      () => checkSyncTypes(types as SyncRequestType[], undefined),
      RangeError,
      "types must be an array with at least one request type",
    );
  }
});

test("a request type not supported by the server's version is rejected", () => {
  assertThrows(
    () => checkSyncTypes(["AuthUsersV1", "AssetsV1"], V3),
    RangeError,
    'server version 3.1.0 does not support "AssetsV1"; use "AssetsV2"',
  );
  assertThrows(
    () => checkSyncTypes(["AssetsV2"], V2),
    RangeError,
    'server version 2.7.5 does not support "AssetsV2"; use "AssetsV1"',
  );
  assertThrows(
    () => checkSyncTypes(["AssetOcrV1"], V2),
    RangeError,
    'server version 2.7.5 does not support "AssetOcrV1"',
  );
  checkSyncTypes(["AlbumsV1", "AlbumsV2"], V3);
  checkSyncTypes(["AssetsV1"], undefined);
});

test("a misspelled request type is rejected with a suggestion", () => {
  const cases = {
    AssetV2: "AssetsV2",
    assetsV2: "AssetsV2",
    PersonV1: "PeopleV1",
    AssetsV0: "AssetsV1",
    AlbumsToAssetsV1: "AlbumToAssetsV1",
  };
  for (const [type, meant] of Object.entries(cases)) {
    const { message } = assertThrows(
      () => checkSyncTypes([type as SyncRequestType], undefined),
      RangeError,
    );
    assertEquals(
      message,
      `Cannot open the sync stream: "${type}" is not a request type. Did you mean "${meant}"?`,
    );
  }
});

test("a name that cannot be a request type is rejected", () => {
  for (const type of ["", "Asset", "assets", 5, null]) {
    assertThrows(
      () => checkSyncTypes([type as SyncRequestType], undefined),
      RangeError,
      `"${type}" is not a request type`,
    );
  }
});

test("request types of forks and newer servers are allowed", () => {
  const types = ["AssetsV3", "AssetsV10", "ForkV1", "GalaxiesV1"];
  checkSyncTypes(types as SyncRequestType[], undefined);
  checkSyncTypes(types as SyncRequestType[], V3);
});
