/** Programs from npm, each pinned to a version. */
import { run } from "../../tools/run.ts";

/** The tested version of Bun. */
export const BUN_VERSION = "1.4.5";

/** The tested versions of Node, oldest first. */
export const NODE_VERSIONS: readonly string[] = [
  "20.20.2",
  "22.23.3",
  "24.21.0",
];

/** Returns the path of a program from npm, which is installed on first use. */
export async function installed(
  name: string,
  version: string,
): Promise<string> {
  const args = ["-y", "-p", `${name}@${version}`, "-c", `command -v ${name}`];
  return (await run("npx", args)).trim();
}
