import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { backoffDelay, parseRetryAfter } from "../../src/http/retry.ts";
import { assertProperty } from "../support/property.ts";
import { test } from "../support/test.ts";

test("Retry-After in seconds is converted to milliseconds", () => {
  assertEquals(parseRetryAfter("0"), 0);
  assertEquals(parseRetryAfter("120"), 120_000);
  assertEquals(parseRetryAfter(" 7 "), 7_000);
});

test("a Retry-After date becomes the time until that date, or 0 if it is past", () => {
  const now = Date.UTC(2026, 10, 23, 8, 0, 0);
  assertEquals(parseRetryAfter("Mon, 23 Nov 2026 08:02:00 GMT", now), 120_000);
  assertEquals(parseRetryAfter("Mon, 23 Nov 2026 07:00:00 GMT", now), 0);
});

test("an invalid Retry-After header is ignored", () => {
  for (const value of [null, "", "soon", "-1", "1.5", "1e3", "0x10"]) {
    assertEquals(parseRetryAfter(value), undefined, String(value));
  }
});

test("a Retry-After header never results in a negative wait", () => {
  assertProperty(
    fc.property(fc.string(), (value) => {
      const wait = parseRetryAfter(value, 0);
      return wait === undefined || wait >= 0;
    }),
  );
});

test("the maximum backoff doubles with each failure, up to a limit", () => {
  const options = { baseMs: 100, maxMs: 500, random: () => 1 };
  const waits = [1, 2, 3, 4, 5].map((n) => backoffDelay(n, undefined, options));
  assertEquals(waits, [100, 200, 400, 500, 500]);
});

test("the backoff is a random fraction of its maximum, but at least Retry-After", () => {
  const arbitrary = fc.record({
    failures: fc.integer({ min: 1, max: 2000 }),
    floor: fc.option(fc.nat(100_000), { nil: undefined }),
    random: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  assertProperty(
    fc.property(arbitrary, ({ failures, floor, random }) => {
      const options = { baseMs: 100, maxMs: 30_000, random: () => random };
      const wait = backoffDelay(failures, floor, options);
      assert(wait >= (floor ?? 0));
      assert(wait <= Math.max(floor ?? 0, 30_000));
      if (floor === undefined) {
        assert(wait <= 100 * 2 ** (failures - 1));
      }
    }),
  );
});
