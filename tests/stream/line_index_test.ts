import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { LineIndex } from "../../src/stream/line_index.ts";
import { assertProperty } from "../support/property.ts";
import { test } from "../support/test.ts";

const encoder = new TextEncoder();

function add(index: LineIndex, ...lines: string[]): void {
  index.add(
    encoder.encode(lines.map((line) => `${line}\n`).join("")),
    lines.length,
  );
}

test("the begin of each line is known, and of the one to come", () => {
  const index = new LineIndex();
  assertEquals(index.byteOffsetOf(1), 0);
  add(index, "ä", "bb");
  add(index, "");
  assertEquals([1, 2, 3, 4].map((line) => index.byteOffsetOf(line)), [
    0,
    3,
    6,
    7,
  ]);
  assertEquals([index.lines, index.bytes], [3, 7]);
});

test("a block is kept until its last line is consumed", () => {
  const index = new LineIndex();
  add(index, "a", "b", "c");
  index.consumed = 2;
  add(index, "d");
  assertEquals(index.size, 2);
  assertEquals(index.byteOffsetOf(3), 4);
  index.consumed = 3;
  add(index, "e");
  assertEquals(index.size, 2);
  assertEquals(index.byteOffsetOf(4), 6);
});

test("a consumer that keeps up makes the index keep one block, whatever the length", () => {
  const index = new LineIndex();
  for (let i = 0; i < 1000; i++) {
    add(index, "a", "b");
    index.consumed = index.lines;
    assert(index.size <= 1);
  }
});

test("any lines in any blocks begin where they begin", () => {
  const lines = fc.array(fc.string().map((line) => line.replaceAll("\n", "")), {
    minLength: 1,
  });
  assertProperty(
    fc.property(fc.array(lines), (blocks) => {
      const index = new LineIndex();
      for (const block of blocks) add(index, ...block);
      let byteOffset = 0;
      for (const [i, line] of blocks.flat().entries()) {
        assertEquals(index.byteOffsetOf(i + 1), byteOffset);
        byteOffset += encoder.encode(line).length + 1;
      }
    }),
  );
});
