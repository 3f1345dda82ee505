import { assertEquals } from "@std/assert";
import { closest } from "../../src/protocol/closest.ts";
import { test } from "../support/test.ts";

const NAMES = ["attempts", "delayMs", "maxDelayMs", "maxWaitMs"];

test("the suggestion for a misspelled option name is the closest known name", () => {
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

test("an option name that is not close to any known name gets no suggestion", () => {
  for (const name of ["", "signal", "x", "somethingElse"]) {
    assertEquals(closest(name, NAMES), undefined, name);
  }
  assertEquals(closest("attempts", []), undefined);
});
