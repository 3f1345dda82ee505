import {
  assert,
  assertEquals,
  assertMatch,
  assertObjectMatch,
} from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { type Fetch, SYSTEM } from "../../src/http/mod.ts";
import { serve } from "../support/served.ts";
import { test } from "../support/test.ts";
import { type Ended, type IoInit, setUp } from "./harness.ts";

const COMMANDS = [
  "login",
  "mirror",
  "status",
  "events",
  "audit",
  "check",
  "logout",
];

test("--help lists every command and the exit codes", async () => {
  await using all = await setUp();
  for (const args of ["--help", "-h", "help"]) {
    const { code, stdout, stderr } = await all.cli(args);
    assertEquals([code, stderr], [0, ""]);
    for (const name of COMMANDS) {
      assertMatch(stdout, RegExp(`^  ${name} `, "m"));
    }
    assert(stdout.includes("130  stopped with Ctrl-C"));
  }
});

for (const name of COMMANDS) {
  test(`${name} --help prints its usage and its options`, async () => {
    await using all = await setUp();
    const { code, stdout, stderr } = await all.cli(`${name} --help`);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, RegExp(`^Usage: immich-sync ${name}`, "m"));
    assertMatch(stdout, /^ {2}--debug /m);
    assertEquals((await all.cli(`help ${name}`)).stdout, stdout);
    assertEquals((await all.cli(`${name} -h`)).stdout, stdout);
    for (const line of stdout.split("\n")) {
      assert(
        line.length <= 84,
        `a line is ${line.length} characters long: ${line}`,
      );
    }
  });
}

test("the help goes to standard error with exit code 2 if there are no arguments", async () => {
  await using all = await setUp();
  const { code, stdout, stderr } = await all.cli([]);
  assertEquals([code, stdout], [2, ""]);
  assert(stderr.includes("Usage: immich-sync COMMAND"));
});

test("--version prints the version in deno.json", async () => {
  await using all = await setUp();
  const { code, stdout } = await all.cli("--version");
  assertEquals([code, stdout], [0, `immich-sync ${config.version}\n`]);
});

const MISTAKES: Record<string, string> = {
  "mirrr": 'Unknown command "mirrr". Did you mean "mirror"?',
  "--hepl": 'Unknown option "--hepl". Did you mean "--help"?',
  "toString": 'Unknown command "toString"',
  "help mirrr": 'Unknown command "mirrr". Did you mean "mirror"?',
  "mirror": "FILE is missing",
  "mirror a.db b.db": 'Unexpected argument "b.db"',
  "mirror a.db --wacth": 'Unknown option "--wacth". Did you mean "--watch"?',
  "mirror a.db -x": 'Unknown option "-x"',
  "mirror a.db --quiet --json": "Pass either --quiet or --json, not both",
  "mirror a.db --quiet --quiet": 'Option "--quiet" is given twice',
  "mirror a.db --watch --watch 5m": 'Option "--watch" is given twice',
  "mirror a.db --full=yes": 'Option "--full" does not take a value',
  "mirror a.db --watch 0s": '"0s" is not a duration',
  "mirror a.db --watch=soon": '"soon" is not a duration',
  "mirror a.db --watch soon": '"soon" is not a duration: write 30s',
  "mirror --watch 5x a.db": '"5x" is not a duration: write 30s',
  "mirror --watch 5x": '"5x" is not a duration: write 30s',
  "mirror --watch 1.5x": '"1.5x" is not a duration: write 30s',
  "mirror --watch -5m": '"-5m" is not a duration: write 30s',
  "mirror --json --watch soon": '"soon" is not a duration: write 30s',
  "mirror --watch 5 min": '"min" does not look like a file: write "min.db"',
  "mirror --full yes": '"yes" does not look like a file: write "yes.db"',
  "mirror 5m": '"5m" does not look like a file: write "5m.db" or "./5m"',
  "mirror a.db --watch -- b.db": 'Unexpected argument "b.db"',
  "login": "Say where your server is",
  "login --server": 'Option "--server" needs a value: --server URL',
  "login --server --email": 'Option "--server" needs a value: --server URL',
  "login --server a.example --port 70000": '"70000" is not a port',
  "login --server a.example --port x": '"x" is not a port',
  "login --server ftp://a.example": 'Cannot use the address "ftp://a.example"',
  "login --server https://u:p@a.example": "Cannot use the address: it must",
  "events --types AssetV2": 'Did you mean "AssetsV2"?',
};

for (const [args, sentence] of Object.entries(MISTAKES)) {
  test(`"${args}" is a mistake, explained in one sentence`, async () => {
    await using all = await setUp();
    const { code, stdout, stderr } = await all.cli(args);
    assertEquals(code, 2);
    assertEquals(stdout === "", !args.includes("--json"));
    assert(stderr.includes(sentence), stderr);
    assert(!/\n\s+at /.test(stderr), stderr);
    assert(stderr.trim().split("\n").length <= 2, stderr);
    assertEquals(all.fake.requests.length, 0);
  });
}

/** Returns the last line of JSON. */
function lastOf({ stdout }: Ended) {
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

test("--json ends with a line for the result, the error or the stop", async () => {
  await using all = await setUp();
  all.fake.library.addAsset();
  await all.login();
  for (const name of ["mirror", "audit", "check", "status"]) {
    const file = name === "status" ? [] : [all.file];
    const run = (init: IoInit = {}, ...more: string[]) =>
      all.cli([name, ...file, "--json", ...more], init);
    assertObjectMatch(lastOf(await run()), { type: "result" });

    const mistake = await run({}, "--wacth");
    assertEquals(lastOf(mistake), {
      type: "error",
      message: mistake.stderr.split("\n")[0],
      exitCode: 2,
    });
    if (name === "check") continue;

    const fetch = () => Promise.reject(new TypeError("connection refused"));
    const failed = await run({ fetch });
    assertEquals(failed.code, 3);
    assertObjectMatch(lastOf(failed), {
      type: "error",
      message: failed.stderr.trim(),
      exitCode: 3,
    });

    const io = all.io();
    io.interrupt();
    const stopped = await run({ signal: io.signal });
    assertEquals(stopped.code, 130);
    const [path] = file;
    assertEquals(lastOf(stopped), {
      type: "stopped",
      ...path && { file: path },
    });
  }
});

test("--json reports a login that is missing or has ended as an error", async () => {
  await using all = await setUp();
  const missing = await all.cli(["mirror", all.file, "--json"]);
  assertEquals(lastOf(missing), {
    type: "error",
    message: missing.stderr.trim(),
    exitCode: 4,
    file: all.file,
  });
  await all.login();
  all.fake.inject({ type: "status", status: 401, on: "any", times: 9 });
  const ended = await all.cli("status --json");
  assertEquals([ended.code, lastOf(ended).exitCode], [4, 4]);
  assertEquals(lastOf(ended).message, ended.stderr.trim());
  assertEquals(lastOf(ended).server, all.fake.baseUrl);
});

test("--json reports a second run on the same file as an error", async () => {
  await using all = await setUp();
  await all.login();
  let second: Ended | undefined;
  await all.cli(["mirror", all.file], {
    async fetch(url, init) {
      if (url.endsWith("/sync/stream")) {
        second ??= await all.cli(["mirror", all.file, "--json"]);
      }
      return await all.fake.fetch(url, init);
    },
  });
  assertEquals(second?.code, 5);
  assertObjectMatch(lastOf(second!), { type: "error", exitCode: 5 });
});

test("--watch can come before the file, without an interval", async () => {
  await using all = await setUp();
  const { code } = await all.cli(["mirror", "--watch", all.file]);
  assertEquals(code, 4);
});

test("the error for an https address suggests http if the server uses http", async () => {
  await using all = await setUp();
  await using server = serve(all.fake);
  const address = server.url.replace("http:", "https:");
  const failures: Fetch[] = [
    (url, init) => fetch(url, init),
    // Node
    () => {
      const cause = new Error(
        "SSL routines:ssl3_get_record:wrong version number",
      );
      return Promise.reject(new TypeError("fetch failed", { cause }));
    },
    // Bun
    () =>
      Promise.reject(new TypeError("Does the server speak TLS on this port?")),
  ];
  for (const fetch of failures) {
    const args = ["login", "--server", address, "--email", "demo"];
    const { code, stderr } = await all.cli(args, { fetch });
    assertEquals(code, 3);
    assertMatch(
      stderr,
      /^Cannot reach .* \(the server does not use https on this port; try http:\/\/\)\n$/,
    );
  }
});

test("every command that needs a login says how to sign in", async () => {
  await using all = await setUp();
  for (
    const args of [
      ["mirror", all.file],
      ["status"],
      ["events"],
      ["events", "--ack"],
      ["logout"],
    ]
  ) {
    const { code, stderr } = await all.cli(args);
    assertEquals([code, stderr], [
      4,
      "You are not signed in. Sign in with: immich-sync login --server URL\n",
    ]);
  }
});

test("--debug adds a stack trace; without it, only bugs have one", async () => {
  await using all = await setUp();
  assertMatch((await all.cli("status --debug")).stderr, /\n\s+at /);
  await all.login();
  const now = () => {
    throw new TypeError("undefined is not a function");
  };
  const clock = { ...SYSTEM, now };
  const { code, stderr } = await all.cli("status", { clock });
  assertEquals(code, 70);
  assertMatch(stderr, /^This is a bug in immich-sync: .*\n\s+at /);
});
