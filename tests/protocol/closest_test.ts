import { assertEquals } from "@std/assert";
import { closest } from "../../src/protocol/closest.ts";
import { test } from "../support/test.ts";

const NAMES = ["attempts", "delayMs", "maxDelayMs", "maxWaitMs"];

test("a misspelled name gets the closest candidate as its suggestion", () => {
  const cases = {
    attempt: "attempts",
    atempts: "attempts",
    delayMS: "delayMs",
    maxdelay: "maxDelayMs",
    maxWait: "maxWaitMs",
  };
  for (const [name, expected] of Object.entries(cases)) {
    assertEquals(closest(name, NAMES), expected, name);
  }
});

test("a name that is not close to any candidate gets no suggestion", () => {
  for (const name of ["", "signal", "x", "somethingElse"]) {
    assertEquals(closest(name, NAMES), undefined, name);
  }
  assertEquals(closest("attempts", []), undefined);
});
