/**
 * Runs one group of tests.
 *
 *     deno task test                          the tests that need only Deno
 *     deno task test tests/retry_test.ts      single files from any group
 *     SEED=42 deno task test                  other random cases
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { filesBelow, ROOT } from "./files.ts";
import { createMark, endProcesses } from "./leftovers.ts";
import { checkPath, fail, orExit, taskHelp } from "./task_options.ts";
import { withLockCopy } from "./lock_copy.ts";

/** One task's tests and flags. */
export interface Group {
  /**
   * Matches the test files. A file belongs to the first group that matches it.
   */
  files: RegExp;
  /** Flags for `deno test`. */
  flags: string[];
}

/** Without this flag, Deno prints a note about request signals. */
const QUIET_SERVER = "--unstable-no-legacy-abort";

/** All tests by task. The last task runs all remaining tests. */
export const GROUPS: Record<string, Group> = {
  "test:model": {
    files:
      /^tests\/(?:model\/(?!brief_)|mirror\/model_|(?:fuzz|live|testing)\/long_)/,
    flags: ["--parallel"],
  },
  "test:databases": {
    files:
      /^tests\/(?:mirror\/(?:bun|busy|d1|durable_object|every_database)_|examples\/bun_)/,
    flags: ["--parallel"],
  },
  "test:examples": {
    files: /^tests\/examples\/(?:worker|photos)\//,
    flags: ["--parallel", QUIET_SERVER],
  },
  "test:package": {
    files: /^tests\/package\//,
    flags: [QUIET_SERVER],
  },
  "test:repository": {
    files: /^tests\/(?:repository\/size_|bench\/|tools\/(?:site|tasks)_)/,
    flags: ["--parallel"],
  },
  "test": {
    files: /^/,
    flags: ["--parallel", "--doc"],
  },
};

/** Returns the task that runs a test file. */
function taskOf(path: string): string {
  return Object.keys(GROUPS).find((task) => GROUPS[task]!.files.test(path))!;
}

/** Returns a task's test files. */
export async function filesOf(task: string): Promise<string[]> {
  return (await filesBelow("tests"))
    .filter((path) => path.endsWith("_test.ts") && taskOf(path) === task);
}

/** Returns the text to print before the tests run. */
export function introduce(task: string, files: number): string {
  const tasks: Record<string, { description: string } | string> = config.tasks;
  const entry = tasks[task];
  const description = typeof entry === "object" ? entry.description : task;
  const heading = `${description} (${files} files).\n`;
  if (task !== "test") return heading;
  const others = Object.keys(GROUPS).filter((other) => other !== task);
  return `${heading}The rest: deno task ${others.join(", ")} and test:all; ` +
    ".ci/run runs everything.\n";
}

/**
 * Runs tests, and ends any process that they leave behind.
 *
 * @returns The exit code.
 */
export async function runTests(
  args: string[],
  graceMs?: number,
): Promise<number> {
  const seed = Deno.env.get("SEED") ?? "1";
  // Some tests wait for a timeout or another process, and leave a processor idle.
  const jobs = Deno.env.get("DENO_JOBS") ??
    String(navigator.hardwareConcurrency + 2);
  const mark = createMark();
  const child = new Deno.Command(Deno.execPath(), {
    args: withLockCopy([
      // Types are checked by `deno task check` instead.
      ...["test", "-A", "--quiet", "--no-check"],
      ...["--sanitize-ops", "--sanitize-resources", ...args],
    ]),
    cwd: ROOT,
    env: { SEED: seed, DENO_JOBS: jobs, ...mark.env },
  }).spawn();
  let isInterrupted = false;
  const interrupt = () => {
    isInterrupted = true;
    // Packages used in the tests may catch other signals. Ctrl-C also reaches
    // the child process directly.
    try {
      child.kill("SIGKILL");
    } catch { /* It has already ended. */ }
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, interrupt);
  const { code } = await child.status;
  const left = await endProcesses(mark, isInterrupted ? 0 : graceMs);
  for (const signal of signals) Deno.removeSignalListener(signal, interrupt);
  if (isInterrupted) return code || 130;
  for (const command of left) {
    console.error(`A test left a process running: ${command}`);
  }
  return code || (left.length > 0 ? 1 : 0);
}

async function main([task = "", ...args]: string[]): Promise<number> {
  const { flags } = GROUPS[task] ?? {};
  if (flags === undefined) fail(`Unknown task "${task}"`);
  if (args.includes("--help")) {
    console.log(`${taskHelp({ task, options: {}, positionals: ["file"] })}

If no file is given, all tests of this task run. Other options are passed to "deno test".
The environment variable SEED=N selects other random cases.`);
    return 0;
  }
  // Flags must use the form "--name=value".
  const isPath = (arg: string) => !arg.startsWith("-");
  const paths = args.filter(isPath);
  for (const path of paths) orExit(() => checkPath(path), task);
  if (paths.length > 0) return await runTests(args);
  const files = await filesOf(task);
  console.log(introduce(task, files.length));
  const documents = flags.includes("--doc") ? ["mod.ts", "src"] : [];
  return await runTests([...flags, ...args, ...documents, ...files]);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
