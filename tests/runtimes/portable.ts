/** Lists the tests that run in every runtime. */
import { filesBelow } from "../../tools/files.ts";

/**
 * Tests of this repository, and tests that need features available only in
 * Deno.
 */
const DENO_ONLY = [
  /^tests\/repository\//, // Files, documentation and types of the repository.
  /^tests\/package\//, // The package in users' projects.
  /^tests\/recipes\//, // Programs in the documentation, which Deno runs.
  /^tests\/cli\//, // The command, in Deno and in the runtimes that it starts.
  /^tests\/tools\//, // Tasks, which Deno runs.
  /^tests\/examples\//, // Examples, in Deno or in the runtimes that they start.
  /^tests\/bench\//, // The bench, which Deno runs.
  /^tests\/\w+\/long_/, // Takes minutes, unlike the brief tests beside it.
  /^tests\/mirror\//, // The databases of the runtimes, each with its own test.
  /^tests\/live\//, // The suite for real servers, which Deno runs.
  /^tests\/sync\/memory_test/, // The memory of a Deno process.
  /^tests\/testing\/socket_test/, // The fake, served by Deno.
  /^tests\/faults\/fake_test/, // The fake, served by Deno, with keep-alive.
];

/** Returns the test files that run in every runtime. */
export async function portableTests(): Promise<string[]> {
  return (await filesBelow("tests")).filter((path) =>
    path.endsWith("_test.ts") && !DENO_ONLY.some((rule) => rule.test(path))
  );
}

/**
 * Throws if a file that runs in other runtimes uses Deno's API. The error names
 * the file.
 */
export function checkPortable(code: string): void {
  let file = "";
  for (const line of code.split("\n")) {
    file = /^\/\/ (\S+\.\w+)$/.exec(line)?.[1] ?? file;
    if (!/^(tests|src|mod\.ts)/.test(file)) continue;
    if (/^\s*[^\s/*].*\bDeno\./.test(line)) {
      throw new Error(`${file} uses Deno outside tests/support: ${line}`);
    }
  }
}
