/** Runs every task with a wrong option. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

/** The tasks that run a script of this repository: name → arguments. */
const TASKS = Object.entries<string | { command: string }>(config.tasks)
  .flatMap(([name, task]) => {
    const command = typeof task === "string" ? task : task.command;
    const [, rest] =
      /^deno run -A tools\/with_jsr\.ts run (--no-check -A .*)$/.exec(
        command,
      ) ?? [];
    return rest === undefined ? [] : [[name, rest.split(" ")] as const];
  });

async function run(args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...args],
    cwd: ROOT,
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

test("every task names an unknown option, and says how to print its help", async () => {
  assert(TASKS.length > 20, `${TASKS.length} tasks`);
  for (const [name, args] of TASKS) {
    // The test tasks pass their options to Deno.
    if (args.includes("tools/tests.ts")) continue;
    const { code, stdout, stderr } = await run([...args, "--hlep"]);
    assertEquals([code, stdout], [2, ""], `${name}: ${stderr}`);
    assertMatch(stderr, /^Unknown option ["']--hlep["']/);
    assert(stderr.includes(`deno task ${name} --help`), stderr);
    assert(stderr.trim().split("\n").length <= 2, stderr);
  }
});

test("the test tasks print their help, and name a missing file", async () => {
  const tests = ["--no-check", "-A", "tools/tests.ts", "test"];
  const { code, stdout } = await run([...tests, "--help"]);
  assertEquals(code, 0);
  assert(stdout.includes("Usage: deno task test [file]"), stdout);
  assertEquals(await run([...tests, "tests/missing_test.ts"]), {
    code: 2,
    stdout: "",
    stderr: '"tests/missing_test.ts" does not exist\n' +
      "For help: deno task test --help\n",
  });
});
