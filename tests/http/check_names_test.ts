import { assertEquals, assertThrows } from "@std/assert";
import { checkNames } from "../../src/http/check_names.ts";
import { test } from "../support/test.ts";

const KNOWN = ["baseUrl", "idleTimeoutMs"];

function refusal(value: unknown, subject = "options"): string {
  const check = () => checkNames("sign in", subject, value, KNOWN, "baseUrl");
  return assertThrows(check, TypeError).message;
}

test("known names are accepted, even if their value is undefined", () => {
  checkNames("sign in", "options", {}, KNOWN);
  checkNames("sign in", "options", { baseUrl: undefined }, KNOWN);
});

test("an unknown name is rejected, with a suggestion if one is close", () => {
  assertEquals(
    refusal({ baseURL: "" }),
    'Cannot sign in: "baseURL" is not an option. Did you mean "baseUrl"?',
  );
  assertEquals(
    refusal({ colour: "" }),
    'Cannot sign in: "colour" is not an option',
  );
});

test("an unknown name in a group of options is rejected with the group's name", () => {
  assertEquals(
    refusal({ baseUri: "" }, "server"),
    'Cannot sign in: "server.baseUri" is not an option. Did you mean "server.baseUrl"?',
  );
});

test("options that are not an object are rejected with the required option's name", () => {
  const types = { undefined: undefined, null: null, string: "x" };
  for (const [type, value] of Object.entries(types)) {
    assertEquals(
      refusal(value),
      `Cannot sign in: options must be an object with "baseUrl", received ${type}`,
    );
  }
});
