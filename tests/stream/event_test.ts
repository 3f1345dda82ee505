import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  hasUnknownType,
  isKnownType,
  toSyncEvent,
} from "../../src/stream/event.ts";
import type { SyncEvent } from "../../mod.ts";
import { test } from "../support/test.ts";

test("toSyncEvent returns the parsed line itself with all its fields", () => {
  const value = {
    type: "AssetV2",
    data: { id: "1" },
    ack: "AssetV2|1",
    new: 1,
  };
  assertStrictEquals(toSyncEvent(value), value);
});

test("an event of an unknown type keeps its type, data and ack", () => {
  for (const data of [null, 1, "text", [1], { a: 1 }]) {
    const value = { type: "ForkV9", data, ack: "anything||" };
    assertEquals(toSyncEvent(value) as unknown, value);
  }
});

test("an event may have an empty ack", () => {
  const value = { type: "AssetV2", data: {}, ack: "" };
  assertEquals(toSyncEvent(value)?.ack, "");
});

test("a reset without an ack, as sent by servers before 1.138, gets an empty ack", () => {
  const event = toSyncEvent({ type: "SyncResetV1", data: {} });
  assertEquals(event?.type, "SyncResetV1");
  assertEquals(event?.ack, "");
});

test("toSyncEvent never modifies its input, even if it adds an ack", () => {
  const value = Object.freeze({ type: "SyncResetV1", data: {}, new: 1 });
  assertEquals(toSyncEvent(value) as unknown, { ...value, ack: "" });
  assertEquals(Object.keys(value), ["type", "data", "new"]);
});

test("a value without a valid envelope is not an event", () => {
  const values: unknown[] = [
    undefined,
    null,
    1,
    "text",
    [],
    {},
    { type: "AssetV2" },
    { type: "AssetV2", data: {} },
    { type: "AssetV2", ack: "AssetV2|1" },
    { type: "AssetV2", data: null, ack: "AssetV2|1" },
    { type: "AssetV2", data: "text", ack: "AssetV2|1" },
    { type: "SyncCompleteV1", data: null, ack: "SyncCompleteV1|1" },
    { type: "", data: {}, ack: "AssetV2|1" },
    { type: 1, data: {}, ack: "AssetV2|1" },
    { type: "AssetV2", data: {}, ack: 1 },
    { type: "ForkV9", ack: "ForkV9|1" },
  ];
  for (const value of values) assertEquals(toSyncEvent(value), undefined);
});

test("the known event types are the types in the protocol table and the control events", () => {
  for (
    const type of [
      "AssetV2",
      "AlbumAssetExifBackfillV1",
      "SyncAckV1",
      "SyncResetV1",
      "SyncCompleteV1",
    ]
  ) {
    assert(isKnownType(type), type);
  }
  for (const type of ["AssetV3", "assetV2", "SyncV1", "constructor", ""]) {
    assert(!isKnownType(type), type);
  }
});

test("hasUnknownType is true for types unknown to the library", () => {
  const event = (type: string) => ({ type, data: {}, ack: "" }) as SyncEvent;
  for (const type of ["ForkV1", "AssetV3"]) {
    assert(hasUnknownType(event(type)), type);
    assert(hasUnknownType({ type, events: [] }), type);
  }
  for (const type of ["AssetV2", "SyncCompleteV1"]) {
    assert(!hasUnknownType(event(type)), type);
  }
});

test("hasUnknownType compares an unknown type with the given name", () => {
  const event = { type: "ForkV1", data: {}, ack: "" };
  assert(hasUnknownType(event, "ForkV1"));
  assert(!hasUnknownType(event, "ForkV2"));
  const known: string = "AssetV2";
  assert(!hasUnknownType({ type: known }, known));
});
