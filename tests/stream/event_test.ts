import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  hasUnknownType,
  isKnownType,
  toSyncEvent,
} from "../../src/stream/event.ts";
import type { SyncEvent } from "../../mod.ts";
import { test } from "../support/test.ts";

test("an envelope is the event itself, with all that is in it", () => {
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

test("an ack may be empty", () => {
  const value = { type: "AssetV2", data: {}, ack: "" };
  assertEquals(toSyncEvent(value)?.ack, "");
});

test("a reset without an ack, as servers before 1.138 send it, has an empty one", () => {
  const event = toSyncEvent({ type: "SyncResetV1", data: {} });
  assertEquals(event?.type, "SyncResetV1");
  assertEquals(event?.ack, "");
});

test("a value is left as it is, also where an ack is added", () => {
  const value = Object.freeze({ type: "SyncResetV1", data: {}, new: 1 });
  assertEquals(toSyncEvent(value) as unknown, { ...value, ack: "" });
  assertEquals(Object.keys(value), ["type", "data", "new"]);
});

test("what is no envelope is no event", () => {
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

test("the known types are those of the table and the control events", () => {
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

test("a type is unknown unless this library knows it", () => {
  const event = (type: string) => ({ type, data: {}, ack: "" }) as SyncEvent;
  for (const type of ["ForkV1", "AssetV3"]) {
    assert(hasUnknownType(event(type)), type);
    assert(hasUnknownType({ type, events: [] }), type);
  }
  for (const type of ["AssetV2", "SyncCompleteV1"]) {
    assert(!hasUnknownType(event(type)), type);
  }
});

test("an unknown type is compared with a name", () => {
  const event = { type: "ForkV1", data: {}, ack: "" };
  assert(hasUnknownType(event, "ForkV1"));
  assert(!hasUnknownType(event, "ForkV2"));
  const known: string = "AssetV2";
  assert(!hasUnknownType({ type: known }, known));
});
