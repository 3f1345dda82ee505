import { assertEquals } from "@std/assert";
import { pickDefined } from "../../src/http/pick.ts";
import { test } from "../support/test.ts";

test("only the named properties that are defined are picked", () => {
  const object = { a: 1, b: undefined, c: null, d: false };
  const picked = pickDefined(object, ["a", "b", "c"]);
  assertEquals(picked, { a: 1, c: null } as typeof picked);
  assertEquals(Object.keys(picked), ["a", "c"]);
});
