import { assertEquals } from "@std/assert";
import { toHex } from "../../src/http/hex.ts";
import { test } from "../support/test.ts";

test("toHex encodes each byte as two digits", () => {
  assertEquals(toHex([]), "");
  assertEquals(toHex(new Uint8Array([0, 9, 10, 255])), "00090aff");
});
