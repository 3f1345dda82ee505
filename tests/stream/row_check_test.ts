/** Only rows that would break a local copy are rejected. */
import { assert, assertEquals } from "@std/assert";
import type { SyncEvent } from "../../mod.ts";
import { SYNC_REQUESTS } from "../../src/protocol/mod.ts";
import {
  isTooDeep,
  keyFields,
  rowChecker,
} from "../../src/stream/row_check.ts";
import { test } from "../support/test.ts";
import { linesOf, transcript } from "../support/transcripts.ts";

const check = rowChecker();
const problem = (type: string, data: unknown) => check({ type, data });

/** Creates nested arrays. */
const nested = (levels: number): unknown =>
  JSON.parse("[".repeat(levels) + "]".repeat(levels));

test("a row without its key is rejected", () => {
  const rows: [type: string, data: object, key: string][] = [
    ["AssetV2", { ownerId: "a" }, "id"],
    ["PartnerAssetBackfillV2", { id: null }, "id"],
    ["AlbumAssetExifCreateV1", { id: "a" }, "assetId"],
    ["AlbumToAssetV1", { albumId: "a" }, "assetId"],
    ["UserMetadataV1", { userId: "a" }, "key"],
    ["AssetDeleteV1", { id: "a" }, "assetId"],
    ["PartnerStackDeleteV1", {}, "stackId"],
    ["AssetFaceDeleteV1", { assetId: "a" }, "assetFaceId"],
    ["AssetOcrDeleteV1", { id: "a" }, "assetId"],
    ["AssetV2", { id: {} }, "id"],
  ];
  for (const [type, data, key] of rows) {
    const expected = `is not a valid ${type}: it has no "${key}"`;
    assertEquals(problem(type, data), expected);
  }
});

test("a row with an object instead of a number or a boolean is rejected", () => {
  for (const value of [{}, [], { toString: 1 }]) {
    for (const field of ["width", "duration", "isFavorite"]) {
      assertEquals(
        problem("AssetV2", { id: "a", [field]: value }),
        `is not a valid AssetV2: "${field}" is an object`,
      );
    }
  }
});

test("a row with more than 1,000 levels of nesting is rejected", () => {
  assertEquals(isTooDeep(nested(1000)), false);
  for (const levels of [1001, 5000, 20_000]) {
    assertEquals(isTooDeep(nested(levels)), true);
    const data = { assetId: "a", key: "k", value: nested(levels) };
    const expected = "is not a valid AssetMetadataV1: it is nested too deeply";
    assertEquals(problem("AssetMetadataV1", data), expected);
    assertEquals(
      problem("ForkV1", { value: nested(levels) }),
      "is not a valid event: it is nested too deeply",
    );
  }
});

test("a row with nulls, missing fields or unknown fields is accepted", () => {
  const data = { id: "a", width: null, isFavorite: 1, tags: [{ id: 1 }] };
  assertEquals(problem("AssetV2", data), undefined);
  assertEquals(problem("AssetV2", { id: 7, duration: "0:00" }), undefined);
  assertEquals(problem("ForkV1", { width: {} }), undefined);
  assertEquals(problem("ForkV1", "text"), undefined);
  assertEquals(problem("SyncCompleteV1", {}), undefined);
});

test("the row check accepts every recorded row", async () => {
  for (const release of ["3.1.0", "2.7.5"]) {
    const path = `${release}/03-sync-admin/002-initial-all`;
    const lines = linesOf(await transcript(path)) as SyncEvent[];
    assert(lines.length > 50);
    for (const event of lines) assertEquals(check(event), undefined);
  }
});

test("the row check knows the key of every entity type", () => {
  const types = Object.values(SYNC_REQUESTS).flatMap(({ entities }) =>
    entities
  );
  for (const type of types) {
    for (const field of keyFields(type)) {
      assert(/^(id|key|\w+Id)$/.test(field), `${type}: ${field}`);
    }
  }
});
