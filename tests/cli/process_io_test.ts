/** The command in a process of its own, with real signals and pipes. */
import { assertEquals, assertMatch } from "@std/assert";
import { homeDirectory } from "../../src/cli/process_io.ts";
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
