/** Every test is run by a task, and tests leave no processes running. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { createMark, endProcesses } from "../../tools/leftovers.ts";
import { runDeno } from "../../tools/run.ts";
import { filesOf, GROUPS, introduce } from "../../tools/tests.ts";
import { start } from "../support/children.ts";
import { until } from "../support/events.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";

/** The npm packages that the test command downloads. */
const PACKAGES = ["deno-std", "fast-check", "pure-rand"];

test("every test group contains files, and .ci/run runs its task", async () => {
  const ci = await Deno.readTextFile(new URL(".ci/run", ROOT));
  const tasks: Record<string, { command: string } | string> = config.tasks;
  for (const task of Object.keys(GROUPS)) {
    assert((await filesOf(task)).length > 0, task);
    const entry = tasks[task];
    assert(typeof entry === "object", task);
    // The caller's file names follow the command.
    assert(entry.command.endsWith(` tools/tests.ts ${task}`), entry.command);
    assert(ci.split(/[\s;]+/).includes(task), `.ci/run leaves out ${task}`);
  }
});

test("the test command lists the test groups that it does not run", () => {
  const text = introduce("test", 7);
  const others = Object.keys(GROUPS).filter((task) => task !== "test");
  for (const word of [...others, "test:all", ".ci/run", "(7 files)"]) {
    assertStringIncludes(text, word);
  }
  assertEquals(text.trim().split("\n").length, 2);
});

test("the test command downloads only the packages it needs", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const entry = `${folder}/entry.ts`;
    const imports = (await filesOf("test"))
      .map((path) => `import "${new URL(path, ROOT)}";\n`);
    await Deno.writeTextFile(entry, imports.join(""));
    const settings = new URL("deno.json", ROOT).pathname;
    const args = ["info", "--json", "--config", settings, entry];
    const { modules, npmPackages } = JSON.parse(await runDeno(...args));
    assert(modules.length > 200, `${modules.length} modules`);
    const names = Object.keys(npmPackages)
      .map((name) => name.replace(/@[^@]*$/, ""));
    assertEquals(names.sort(), PACKAGES);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Registers a test that runs only on Linux, because it reads /proc. */
function linuxTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, ignore: Deno.build.os !== "linux" });
}

/** Starts a background process, then prints "started". */
const PARENT = "sleep 1000 & echo started; sleep 1000";

/** Runs the tests in a file. */
const RUNNER = `import { runTests } from "${new URL("tools/tests.ts", ROOT)}";
Deno.exit(await runTests(Deno.args, 0));
`;

linuxTest(
  "ending a process also ends the processes that it started",
  async () => {
    const mark = createMark();
    await using child = start("sh", ["-c", PARENT], { env: mark.env });
    await child.writes("started");
    const commands = await endProcesses(mark, 0);
    assertEquals(commands.filter((text) => text === "sleep 1000").length, 2);
    assertEquals(await endProcesses(mark, 0), []);
  },
);

/**
 * Returns the source of a test that starts processes, and then fails or waits.
 */
const toTest = (end: string) => `
Deno.test("starts", async () => {
  const args = ["sh", "-c", ${JSON.stringify(PARENT)}];
  const stdout = "piped";
  const child = new Deno.Command("setsid", { args, stdout }).spawn();
  await child.stdout.getReader().read();
  await Deno.writeTextFile(new URL("started", import.meta.url), "");
  ${end}
});
`;

for (
  const [how, end, signal] of [
    ["fails", 'throw new Error("on purpose");'],
    ["is interrupted", "await child.status;", "SIGTERM"],
    ["is stopped with Ctrl-C", "await child.status;", "SIGINT"],
  ] as const
) {
  linuxTest(`a test that ${how} leaves no process behind`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const file = `${folder}/starts_test.ts`;
      await Deno.writeTextFile(file, toTest(end));
      const mark = createMark();
      const runner = `${folder}/runner.ts`;
      await Deno.writeTextFile(runner, RUNNER);
      const args = ["run", "-A", "--no-check", runner, file];
      const env = { env: mark.env };
      await using child = start(Deno.execPath(), args, env);
      if (signal !== undefined) {
        const isThere = () =>
          Deno.stat(`${folder}/started`).then(() => true, () => false);
        await until(isThere, "the test has started a process");
        child.kill(signal);
      }
      const { code } = await child.outcome;
      assert(code > 0);
      assertEquals(await endProcesses(mark, 0), []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
