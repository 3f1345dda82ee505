import { assertEquals } from "@std/assert";
import { redact, toSingleLine } from "../../src/http/redact.ts";
import { test } from "../support/test.ts";

test("toSingleLine joins lines and truncates", () => {
  assertEquals(toSingleLine(" a\r\n\tb\u0000 c ", 10), "a b c");
  assertEquals(toSingleLine("abcdef", 6), "abcdef");
  assertEquals(toSingleLine("abcdefg", 6), "abcdef…");
});

test("redact removes secrets and keeps plain words", () => {
  assertEquals(redact("a k3y, a k3y", ["k3y"]), "a [redacted], a [redacted]");
  assertEquals(
    redact("Incorrect email or password", ["", "password"]),
    "Incorrect email or password",
  );
  assertEquals(redact(`x${"a".repeat(16)}`, ["a".repeat(16)]), "x[redacted]");
});
