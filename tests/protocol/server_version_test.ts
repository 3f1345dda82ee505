import { assert, assertEquals } from "@std/assert";
import { supportedSyncTypes } from "../../src/protocol/mod.ts";
import { formatVersion, isAtLeast } from "../../src/protocol/server_version.ts";
import { test } from "../support/test.ts";

test("versions are compared with a release number by number", () => {
  const version = { major: 2, minor: 10, patch: 3 };
  for (const release of ["2.10.3", "2.10.2", "2.9.9", "1.144.1"]) {
    assert(isAtLeast(version, release), release);
  }
  for (const release of ["2.10.4", "2.11.0", "3.0.0"]) {
    assert(!isAtLeast(version, release), release);
  }
  assertEquals(formatVersion(version), "2.10.3");
});

test("a release candidate already supports the request types of the final release", () => {
  const candidate = { major: 3, minor: 0, patch: 0, prerelease: 1 };
  assert(isAtLeast(candidate, "3.0.0"));
  assert(supportedSyncTypes(candidate).includes("AssetsV2"));
});
