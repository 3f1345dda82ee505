/** The command in a process of its own, with real signals and pipes. */
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { homeDirectory, writeAll } from "../../src/cli/process_io.ts";
import { FakeImmich } from "../../src/testing/mod.ts";
import { assertHolds } from "../examples/mirror_file.ts";
import { type Child, start } from "../support/children.ts";
import { serve, type Served } from "../support/served.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

const COMMAND = [
  Deno.execPath(),
  ...["run", "-A", "--quiet", "--no-check", "src/cli/main.ts"],
];

/** A server with photos, and a user who has signed in. */
interface Setup extends AsyncDisposable {
  fake: FakeImmich;
  server: Served;
  file: string;
  run(...command: string[]): Child;
}

async function setUp(): Promise<Setup> {
  const fake = new FakeImmich();
  for (let i = 0; i < 500; i++) fake.library.addAsset();
  const server = serve(fake);
  const directory = await Deno.makeTempDir();
  const env = { XDG_CONFIG_HOME: directory, IMMICH_PASSWORD: "demo" };
  const children: Child[] = [];
  const all: Setup = {
    fake,
    server,
    file: `${directory}/photos.db`,
    run(program = "", ...args) {
      const child = start(program, args, { cwd: ROOT, env });
      children.push(child);
      return child;
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) await child[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
  const { email } = fake.user;
  const args = ["login", "--server", server.url, "--email", email];
  const { code, stderr } = await all.run(...COMMAND, ...args).outcome;
  assertEquals([code, stderr], [0, ""]);
  return all;
}

test("Ctrl-C ends a process that watches, and its file is complete", async () => {
  await using all = await setUp();
  const child = all.run(...COMMAND, "mirror", all.file, "--watch", "1h");
  await child.writes("is up to date");
  child.kill("SIGINT");
  const { code, stderr } = await child.outcome;
  assertEquals(code, 130);
  assertMatch(stderr, /^\nStopping\. .*\n$/);
  await assertHolds(all);
});

test("the events command ends quietly when the reader closes the pipe", async () => {
  await using all = await setUp();
  const script = 'set -o pipefail; "$@" | head -1';
  const child = all.run("bash", "-c", script, "bash", ...COMMAND, "events");
  const { code, stdout, stderr } = await child.outcome;
  assertEquals([code, stderr], [141, ""]);
  assertMatch(stdout, /^\{"type":"AuthUserV1","data":\{.*\}\}\n$/);
});

test("a user without a home directory can still run the command", () => {
  assertEquals(homeDirectory(() => "/home/ada"), "/home/ada");
  // Deno returns null, and Node and Bun throw.
  assertEquals(homeDirectory(() => null), "");
  const none = () => {
    throw new Error("ENOENT");
  };
  assertEquals(homeDirectory(none), "");
});

test("a disk that becomes full is an error, even if it accepted a part", () => {
  let written = new Uint8Array();
  const disk = (size: number) => (bytes: Uint8Array) => {
    const accepted = bytes.subarray(0, Math.min(3, size - written.length));
    if (accepted.length === 0) throw new Error("ENOSPC");
    written = new Uint8Array([...written, ...accepted]);
    return accepted.length;
  };
  writeAll("größer", disk(100));
  assertEquals(new TextDecoder().decode(written), "größer");
  written = new Uint8Array();
  assertThrows(() => writeAll("größer", disk(7)), Error, "ENOSPC");
});

test("events that a file could not take are not acknowledged", async () => {
  await using all = await setUp();
  const limited = 'trap \'\' XFSZ; ulimit -f 100; exec "$@" > "$0"';
  const output = `${all.file}.ndjson`;
  const command = [...COMMAND, "events", "--ack", "--types", "AssetsV2"];
  const { code } = await all.run("bash", "-c", limited, output, ...command)
    .outcome;
  assertEquals(code, 3);
  assertEquals((await Deno.stat(output)).size, 100 * 1024);
  const [program = "", ...args] = command;
  const { stdout } = await all.run(program, ...args).outcome;
  assertEquals(stdout.trim().split("\n").length, 500);
});
