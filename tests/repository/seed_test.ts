/**
 * Tests run the same cases each time, and a failing test prints how to
 * reproduce the failure.
 */
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { assertProperty, SEED, toRepeat } from "../support/property.ts";
import { sourceFiles } from "../support/sources.ts";
import { test } from "../support/test.ts";

/** Matches code that uses randomness without a seed. */
const CHANCE =
  /\bfc\.(?:assert|check|sample)\(|\bMath\.random\b|\brandomSeed\(/;

/** Files that may use randomness without a seed: to choose a seed or a port. */
const MAY = [
  "support/property.ts",
  "support/listen.ts",
  "model/model.ts",
  "model/soak.ts",
  "fuzz/",
];

test("tests use no randomness without a seed", async () => {
  const found = (await sourceFiles("tests"))
    .filter(({ path, text }) => {
      const isAllowed = MAY.some((place) => path.startsWith(place));
      const isThis = path === "repository/seed_test.ts";
      return !isAllowed && !isThis && CHANCE.test(text);
    })
    .map(({ path }) => path);
  assertEquals(found, []);
});

test("a property test runs the same cases each time", () => {
  const play = (parameters?: fc.Parameters<[number]>) => {
    const cases: number[] = [];
    const property = fc.property(fc.integer(), (number) => {
      cases.push(number);
    });
    assertProperty(property, parameters);
    return cases;
  };
  assertEquals(play(), play());
  assertEquals(play().length, 100);
  assertEquals(play({ seed: SEED + 1 })[0] === play()[0], false);
});

test("a failed property test prints how to reproduce the failure", () => {
  const property = fc.property(fc.nat(), (number) => number < 7);
  const { message } = assertThrows(() => assertProperty(property), Error);
  assertMatch(message, /Counterexample: \[7\]/);
  assertMatch(message, /path: "[\d:]+"/);
  const last = message.split("\n").at(-1);
  assertEquals(last, toRepeat(SEED, "tests/repository/seed_test.ts"));
});

test("the command that reproduces a failure contains the seed and the file", () => {
  assertEquals(
    toRepeat(7, "at file:///here/tests/sync/batch_test.ts:12:3"),
    "Repeat it: SEED=7 deno task test tests/sync/batch_test.ts",
  );
  assertEquals(toRepeat(7, "at bundle.mjs:1:1"), "Repeat it: SEED=7");
});
