import { assertEquals, assertThrows } from "@std/assert";
import { checkChoice, checkOptions } from "../../src/http/check_options.ts";
import { test } from "../support/test.ts";

const KNOWN = ["baseUrl", "idleTimeoutMs"];

function refusal(value: unknown, subject = "options"): string {
  const check = () => checkOptions("sign in", subject, value, KNOWN, "baseUrl");
  return assertThrows(check, TypeError).message;
}

test("known option names are accepted, even if their value is undefined", () => {
  checkOptions("sign in", "options", {}, KNOWN);
  checkOptions("sign in", "options", { baseUrl: undefined }, KNOWN);
});

test("an unknown option name is rejected, and a similar known name is suggested", () => {
  assertEquals(
    refusal({ baseURL: "" }),
    'Cannot sign in: "baseURL" is not an option. Did you mean "baseUrl"?',
  );
  assertEquals(
    refusal({ colour: "" }),
    'Cannot sign in: "colour" is not an option',
  );
});

test("the error for an unknown option in a group of options names the group", () => {
  assertEquals(
    refusal({ baseUri: "" }, "server"),
    'Cannot sign in: "server.baseUri" is not an option. Did you mean "server.baseUrl"?',
  );
});

test("if options is not an object, the error names the required option", () => {
  const types = { undefined: undefined, null: null, string: "x" };
  for (const [type, value] of Object.entries(types)) {
    assertEquals(
      refusal(value),
      `Cannot sign in: options must be an object with "baseUrl", received ${type}`,
    );
  }
});

test("the error for an unknown value of an option lists the allowed values", () => {
  const check = (value?: string) =>
    checkChoice("sync", "onPoison", value, ["fail", "skip"]);
  check();
  check("fail");
  check("skip");
  assertEquals(
    assertThrows(() => check("ignore"), RangeError).message,
    'Cannot sync: onPoison must be "fail" or "skip", received "ignore"',
  );
});

test("an option of the wrong type is rejected, and the error names both types", () => {
  const cases: Record<string, object> = {
    "fetch must be a function, received object": { fetch: {} },
    "onProgress must be a function, received null": { onProgress: null },
    "allowInsecureHttp must be a boolean, received string": {
      allowInsecureHttp: "false",
    },
    "reset must be a boolean, received number": { reset: 1 },
    "signal must be an AbortSignal, received object": { signal: {} },
  };
  for (const [message, options] of Object.entries(cases)) {
    const check = () =>
      checkOptions("sync", "options", options, Object.keys(options));
    assertEquals(
      assertThrows(check, TypeError).message,
      `Cannot sync: ${message}`,
    );
  }
});

test("options of the right type are accepted", () => {
  const options = {
    fetch() {},
    reset: false,
    signal: new AbortController().signal,
    onBytes: undefined,
  };
  checkOptions("sync", "options", options, Object.keys(options));
});
