import { assert, assertEquals } from "@std/assert";
import { KeySet } from "../../src/mirror/key_set.ts";
import { test } from "../support/test.ts";

test("a key set contains exactly the keys that were added", () => {
  const keys = new KeySet();
  const ids = Array.from({ length: 20_000 }, () => crypto.randomUUID());
  for (const id of ids) keys.add(`assets\0${id}`);
  assertEquals(keys.size, ids.length);
  for (const id of ids) {
    assert(keys.has(`assets\0${id}`));
    assert(!keys.has(`exif\0${id}`));
  }
});

test("a key set distinguishes keys that differ in one character", () => {
  const keys = new KeySet();
  for (let i = 0; i < 20_000; i++) keys.add(`${i}`);
  for (let i = 0; i < 20_000; i++) {
    assert(keys.has(`${i}`));
    assert(!keys.has(`${i}.`) && !keys.has(`.${i}`));
  }
  assert(!keys.has(""));
});

test("a key set counts a repeated key only once", () => {
  const keys = new KeySet();
  for (let i = 0; i < 3000; i++) keys.add(`${i % 1500}`);
  assertEquals(keys.size, 1500);
});
