/** The suite for real servers, run against the fake server over a socket. */
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { FakeImmich } from "../../src/testing/mod.ts";
import { listen } from "../support/listen.ts";
import { SEED } from "../support/property.ts";
import { test } from "../support/test.ts";
import { UsageError } from "../../src/cli/usage_error.ts";
import { type LiveOptions, parseOptions } from "./options.ts";
import { CHECKS, runLive } from "./run.ts";

const EMAIL = "admin@immich.test";

const SURE = "--i-know-this-server-is-for-testing";
const ADMIN = ["--admin-email", EMAIL, "--admin-password", "demo"];
const ARGS = ["--server", "http://127.0.0.1:1", ...ADMIN];
const ENV: Parameters<typeof parseOptions>[1] = {
  adminPassword: undefined,
  seed: SEED,
};

/** Parses arguments that do not ask for help. */
function parse(args: string[], env = ENV): LiveOptions {
  const options = parseOptions(args, env);
  assert(typeof options !== "string");
  return options;
}

type Handler = (request: Request) => Promise<Response>;

/** Serves a fake server, with a modified handler. */
function serveFake(
  version: string,
  change: (handler: Handler) => Handler = (handler) => handler,
) {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  const fake = new FakeImmich({
    version: { major, minor, patch },
    email: EMAIL,
  });
  const { baseUrl, ...server } = listen(change(fake.handler));
  const options: LiveOptions = {
    ...parse([...ARGS, SURE]),
    server: baseUrl,
    oauthEmail: EMAIL,
    changes: 12,
    quietMs: 0,
  };
  return { fake, options, ...server };
}

/** Runs the suite, and returns the exit code and the report. */
async function run(
  options: LiveOptions,
  onLine: (line: string) => void = () => {},
  signal: AbortSignal = new AbortController().signal,
): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const code = await runLive(options, signal, (line) => {
    lines.push(line);
    onLine(line);
  });
  return { code, lines };
}

for (const version of ["2.7.5", "3.1.0", "3.3.0"]) {
  test(`the live suite passes against a fake ${version} server, and leaves no users`, async () => {
    await using server = serveFake(version);
    const { code, lines } = await run(server.options);
    const report = lines.join("\n");
    assertEquals(code, 0, report);
    assertStringIncludes(
      report,
      `${CHECKS.length} passed, 0 failed, 0 skipped`,
    );
    assertEquals([...server.fake.snapshot().users.keys()], [
      server.fake.user.id,
    ]);
    assertEquals(server.fake.openStreams, 0);
  });
}

test("the live suite fails if a mirror differs from the server's timeline", async () => {
  await using server = serveFake("3.1.0", (handler) => async (request) => {
    if (!request.url.includes("/timeline/buckets?visibility")) {
      return await handler(request);
    }
    return Response.json([]);
  });
  const only = "random changes";
  const { code, lines } = await run({ ...server.options, only });
  assertEquals(code, 1);
  const report = lines.join("\n");
  assertStringIncludes(report, `FAILED`);
  assertStringIncludes(report, "'timeline 0: ");
  assertStringIncludes(report, "undefined on the server");
  assertStringIncludes(report, "The server is as it was before.");
  assertEquals(server.fake.snapshot().users.size, 1);
});

test("the live suite deletes its users after an interruption", async () => {
  await using server = serveFake("3.1.0");
  const interruption = new AbortController();
  const { code, lines } = await run(server.options, (line) => {
    if (line.includes("an uploaded picture")) interruption.abort();
  }, interruption.signal);
  assertEquals(code, 130);
  assertStringIncludes(lines.join("\n"), "The server is as it was before.");
  assertStringIncludes(lines.at(-1)!, "4 passed, 0 failed");
  assertEquals(server.fake.snapshot().users.size, 1);
});

test("the live suite reports what it could not clean up", async () => {
  await using server = serveFake("3.1.0", (handler) => async (request) => {
    if (request.method !== "DELETE" || !request.url.includes("/admin/")) {
      return await handler(request);
    }
    return Response.json({ message: "No" }, { status: 403 });
  });
  const only = "discovered";
  const first = await run({ ...server.options, only });
  assertEquals(first.code, 0);
  const { code, lines } = await run({ ...server.options, only: "read back" });
  assertEquals(code, 1);
  assertStringIncludes(lines.join("\n"), "The server is not as it was before:");
});

test("the live suite says why it cannot sign in", async () => {
  await using server = serveFake("3.1.0");
  const wrong = { ...server.options, adminPassword: "wrong" };
  const away = { ...server.options, server: "http://127.0.0.1:1" };
  for (
    const [options, sentence] of [
      [wrong, 'Cannot sign in: the server answered 401 "Incorrect email'],
      [away, 'Cannot reach "http://127.0.0.1:1"'],
    ] as const
  ) {
    const { code, lines } = await run(options);
    assertEquals([code, lines.length], [2, 1]);
    assertStringIncludes(lines[0]!, sentence);
  }
});

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
