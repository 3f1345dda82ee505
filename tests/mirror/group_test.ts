/** Groups of batches that are stored together. */
import { assert, assertEquals } from "@std/assert";
import type { MirrorDatabase, SqlStatement } from "../../src/mirror/mod.ts";
import { Group } from "../../src/mirror/group.ts";
import { test } from "../support/test.ts";

const DATABASE: MirrorDatabase = { batch() {}, all: () => [] };

function statements(count: number, text = ""): SqlStatement[] {
  return Array.from({ length: count }, () => ({ sql: "", params: [text, 1] }));
}

test("a group has room for 50,000 rows that are passed as parameters", () => {
  const group = new Group(DATABASE, Infinity);
  group.add(statements(49_999));
  assert(group.hasRoomFor(statements(1)));
  assert(!group.hasRoomFor(statements(2)));
});

test("a group with rows as JSON stays below D1's limit of 50 statements", () => {
  const group = new Group({ ...DATABASE, rowsAs: "json" }, Infinity);
  group.add(statements(40));
  assert(group.hasRoomFor(statements(5)));
  assert(!group.hasRoomFor(statements(10)));
});

test("a group is full at 16 million characters of text", () => {
  const group = new Group(DATABASE, Infinity);
  group.add(statements(159, "é".repeat(100_000)));
  assert(!group.isFull(0));
  group.add(statements(1, "é".repeat(100_000)));
  assert(group.isFull(0));
});

test("a group is full at 4 million characters of text if the row size is limited", () => {
  const group = new Group({ ...DATABASE, maxRowBytes: 2_000_000 }, Infinity);
  group.add(statements(4, "a".repeat(1_000_000)));
  assert(group.isFull(0));
});

test("a group counts as full once its time limit has passed, however small it is", () => {
  const group = new Group(DATABASE, 1000);
  group.add(statements(1));
  assertEquals([999, 1000].map((now) => group.isFull(now)), [false, true]);
});
