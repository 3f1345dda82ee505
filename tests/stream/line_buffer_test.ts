import { assertEquals } from "@std/assert";
import { LineBuffer } from "../../src/stream/line_buffer.ts";
import { test } from "../support/test.ts";

test("a line buffer joins parts of any size, and is empty once they are taken", () => {
  const buffer = new LineBuffer();
  for (const parts of [[[1], [2, 3, 4], [5]], [[6, 7]], []]) {
    for (const part of parts) buffer.append(Uint8Array.from(part));
    const joined = parts.flat();
    assertEquals(buffer.length, joined.length);
    assertEquals([...buffer.bytes], joined);
    assertEquals([...buffer.take()], joined);
    assertEquals(buffer.length, 0);
  }
});

test("bytes taken from a line buffer are not overwritten by the next line", () => {
  const buffer = new LineBuffer();
  buffer.append(Uint8Array.of(1, 2));
  const taken = buffer.take();
  buffer.append(Uint8Array.of(3, 4));
  assertEquals([...taken], [1, 2]);
});
