import { assertEquals } from "@std/assert";
import { oneLine, redact } from "../../src/http/redact.ts";
import { test } from "../support/test.ts";

test("a text becomes one line, and is cut", () => {
  assertEquals(oneLine(" a\r\n\tb\u0000 c ", 10), "a b c");
  assertEquals(oneLine("abcdef", 6), "abcdef");
  assertEquals(oneLine("abcdefg", 6), "abcdef…");
});

test("secrets are struck out, plain words are not", () => {
  assertEquals(redact("a k3y, a k3y", ["k3y"]), "a [redacted], a [redacted]");
  assertEquals(
    redact("Incorrect email or password", ["", "password"]),
    "Incorrect email or password",
  );
  assertEquals(redact(`x${"a".repeat(16)}`, ["a".repeat(16)]), "x[redacted]");
});
