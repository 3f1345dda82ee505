import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FakeImmich } from "../../src/testing/mod.ts";
import { type Child, start as startChild } from "../support/children.ts";
import { listen } from "../support/listen.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";
import { textOf, transcript } from "../support/transcripts.ts";

function start(args: string[]): Child {
  return startChild(Deno.execPath(), [
    ...["run", "-A", "--no-check", "examples/demo.ts", ...args],
  ], { cwd: ROOT });
}

/** Runs the demo until it exits. */
async function demo(args: string[]): Promise<{ code: number; text: string }> {
  await using child = start(args);
  const { code, stdout, stderr } = await child.outcome;
  return { code, text: stdout + stderr };
}

type Handler = (request: Request) => Promise<Response>;

/** Serves a fake server with a recorded library and a modified handler. */
async function serving(
  version: "2.7.5" | "3.1.0",
  change: (handler: Handler, fake: FakeImmich) => Handler = (handler) =>
    handler,
) {
  const recorded = await transcript(`${version}/03-sync-admin/002-initial-all`);
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  const recording = textOf(recorded);
  const fake = new FakeImmich({ recording, version: { major, minor, patch } });
  const { baseUrl: url, ...server } = listen(change(fake.handler, fake));
  return { fake, url, ...server };
}

const WITH_PASSWORD = ["--email", "admin@immich.test", "--password", "demo"];

test("the demo runs without a server, and all of its checks succeed", async () => {
  const { code, text } = await demo([]);
  assertEquals(code, 0, text);
  for (
    const sentence of [
      "✓ Signed in as Admin Ä <admin@immich.test>",
      "✓ The stream is complete",
      "✓ After the acks, only changes arrive",
    ]
  ) {
    assertStringIncludes(text, sentence);
  }
});

test("the demo signs in to 2.x and 3.x servers with a password, and signs out", async () => {
  for (const version of ["2.7.5", "3.1.0"] as const) {
    await using server = await serving(version);
    const { code, text } = await demo([
      "--server",
      server.url,
      ...WITH_PASSWORD,
    ]);
    assertEquals(code, 0, text);
    assertEquals(server.fake.requests.at(-1)?.path, "/api/auth/logout");
  }
});

test("the demo signs in through a browser, with a callback to a loopback address", async () => {
  await using server = await serving("3.1.0");
  await using child = start(["--server", server.url]);
  const [, url = ""] = await child.writes(/Sign in here: (\S+)\n/);
  const visited = await (await fetch(url)).text();
  const { code, stdout } = await child.outcome;
  assertEquals(code, 0, stdout);
  assertStringIncludes(visited, "You are signed in");
});

test("the demo fails if acks do not reach the server", async () => {
  await using server = await serving("3.1.0", (handler) => async (request) => {
    const isAck = request.method === "POST" &&
      request.url.endsWith("/sync/ack");
    return isAck ? new Response(null, { status: 204 }) : await handler(request);
  });
  const { code, text } = await demo(["--server", server.url, ...WITH_PASSWORD]);
  assertEquals(code, 1);
  assertStringIncludes(text, "✗ After the acks, only changes arrive");
});

test("the demo prints the library's error message if it cannot continue", async () => {
  await using server = await serving("3.1.0");
  const { code, text } = await demo([
    "--server",
    server.url,
    "--email",
    "admin@immich.test",
    "--password",
    "wrong",
  ]);
  assertEquals(code, 1);
  assertStringIncludes(
    text,
    '✗ Cannot sign in: the server answered 401 "Incorrect email or password"',
  );
  assert(!text.includes("✓"));
});
