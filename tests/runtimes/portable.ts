/** Which tests every runtime runs. */
import { filesBelow } from "../../tools/files.ts";

/** Tests that are about this repository, and about what only Deno has. */
const DENO_ONLY = [
  /^tests\/repository\//, // Files, documentation and types of the repository.
  /^tests\/package\//, // The package in projects of its users.
  /^tests\/tools\//, // Tasks, which Deno runs.
  /^tests\/examples\//, // Examples, which Deno runs, and their own runtimes.
  /^tests\/bench\//, // The bench, which Deno runs.
  /^tests\/model\/long_test/, // Minutes; `model/brief_test` is not.
  /^tests\/mirror\//, // The databases of the runtimes, each in its own test.
  /^tests\/sync\/memory_test/, // The memory of a process that Deno runs.
  /^tests\/testing\/socket_test/, // The fake as Deno serves it.
  /^tests\/faults\/fake_test/, // The fake as Deno serves it, connections kept.
];

/** The files of the tests that every runtime runs. */
export async function portableTests(): Promise<string[]> {
  return (await filesBelow("tests")).filter((path) =>
    path.endsWith("_test.ts") && !DENO_ONLY.some((rule) => rule.test(path))
  );
}

/** Names the file that uses Deno where other runtimes have to get along with it. */
export function checkPortable(code: string): void {
  let file = "";
  for (const line of code.split("\n")) {
    file = /^\/\/ (\S+\.\w+)$/.exec(line)?.[1] ?? file;
    if (!/^(tests|src|mod\.ts)/.test(file)) continue;
    if (/^\s*[^\s/*].*\bDeno\./.test(line)) {
      throw new Error(`${file} uses Deno outside of tests/support: ${line}`);
    }
  }
}
