import { assertEquals, assertThrows } from "@std/assert";
import {
  checkAtLeast,
  checkAtLeastOrFalse,
  checkPositive,
} from "../../src/http/check_numbers.ts";
import { test } from "../support/test.ts";

test("a number must not be too small, infinite or a string", () => {
  checkAtLeast("sync", 1, { batchSize: 1 });
  for (const batchSize of [0, NaN, Infinity, "5", true, 5n, [5], false]) {
    const type = typeof batchSize;
    assertEquals(
      assertThrows(() => checkAtLeast("sync", 1, { batchSize }), RangeError)
        .message,
      `Cannot sync: batchSize must be a number of at least 1, received ${
        type === "number" ? batchSize : type
      }`,
    );
  }
});

test("an option that can be turned off may be false, and no other boolean", () => {
  checkAtLeastOrFalse("sync", 1, { maxPauseMs: false });
  assertThrows(
    () => checkAtLeastOrFalse("sync", 1, { maxPauseMs: true }),
    RangeError,
    "maxPauseMs must be a number of at least 1, received boolean",
  );
});

test("a number that must be positive is not 0, negative, infinite or a string", () => {
  checkPositive("watch", { everyMs: 0.5 });
  for (const everyMs of [0, -1, NaN, Infinity, "5"]) {
    assertThrows(
      () => checkPositive("watch", { everyMs }),
      RangeError,
      `Cannot watch: everyMs must be a positive number, received ${
        everyMs === "5" ? "string" : everyMs
      }`,
    );
  }
});
