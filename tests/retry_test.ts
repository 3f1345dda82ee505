import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseRetryAfter } from "../src/retry.ts";
import { test } from "./support/test.ts";

test("Retry-After in seconds becomes milliseconds", () => {
  assertEquals(parseRetryAfter("0"), 0);
  assertEquals(parseRetryAfter("120"), 120_000);
  assertEquals(parseRetryAfter(" 7 "), 7_000);
});

test("Retry-After as a date is the time until then, and never negative", () => {
  const now = Date.UTC(2026, 10, 23, 8, 0, 0);
  assertEquals(parseRetryAfter("Mon, 23 Nov 2026 08:02:00 GMT", now), 120_000);
  assertEquals(parseRetryAfter("Mon, 23 Nov 2026 07:00:00 GMT", now), 0);
});

test("anything else in Retry-After is as if it were absent", () => {
  for (const value of [null, "", "soon", "-1", "1.5", "1e3", "0x10"]) {
    assertEquals(parseRetryAfter(value), undefined, String(value));
  }
});

test("no Retry-After gives a negative or a fractional NaN wait", () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const wait = parseRetryAfter(value, 0);
      return wait === undefined || wait >= 0;
    }),
  );
});
