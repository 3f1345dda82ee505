/** The command line of the live suite. */
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { UsageError } from "../../src/cli/errors.ts";
import { test } from "../support/test.ts";
import { type LiveOptions, parseOptions } from "./options.ts";

const SURE = "--i-know-this-server-is-for-testing";
const EMAIL = "admin@immich.test";
const ADMIN = ["--admin-email", EMAIL, "--admin-password", "demo"];
const ARGS = ["--server", "http://127.0.0.1:1", ...ADMIN];
const ENV: Parameters<typeof parseOptions>[1] = {
  adminPassword: undefined,
  seed: 1,
};

/** Parses arguments that do not ask for help. */
function parse(args: string[], env = ENV): LiveOptions {
  const options = parseOptions(args, env);
  assert(typeof options !== "string");
  return options;
}

test("the live suite refuses to start without the flag for testing", () => {
  assertThrows(() => parse(ARGS), UsageError, SURE);
  assertEquals(parse([...ARGS, SURE]).adminEmail, EMAIL);
});

test("the live suite explains mistakes in its arguments", () => {
  const mistakes: [string[], string][] = [
    [[], "--server, --admin-email and --admin-password are required"],
    [[...ARGS, "--unheard-of"], "--unheard-of"],
    [["--server", "ftp://a", ...ADMIN, SURE], "Cannot use the address"],
    [["--server", "no address", ...ADMIN, SURE], "is not a valid address"],
    [[...ARGS, SURE, "--changes", "few"], "--changes must be a number"],
    [[...ARGS, SURE, "--seed", "0"], "--seed must be a number of at least 1"],
  ];
  for (const [args, message] of mistakes) {
    assertThrows(() => parse(args), UsageError, message);
  }
});

test("the live suite reads the password from the environment, and offers help", () => {
  const env = { ...ENV, adminPassword: "from the environment" };
  const args = [...ARGS.slice(0, 4), SURE];
  assertEquals(parse(args, env).adminPassword, "from the environment");
  assertStringIncludes(String(parseOptions(["--help"], ENV)), SURE);
});
