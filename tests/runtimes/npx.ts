/** Programs that npm has, each in a version of its own. */
import { run } from "../../tools/run.ts";

/** The Bun that is tested. */
export const BUN_VERSION = "1.4.5";

/** The Nodes that are tested, the oldest first. */
export const NODE_VERSIONS: readonly string[] = [
  "20.20.2",
  "22.23.3",
  "24.21.0",
];

/** Where npm keeps a program; it comes with its package the first time. */
export async function installed(
  name: string,
  version: string,
): Promise<string> {
  const args = ["-y", "-p", `${name}@${version}`, "-c", `command -v ${name}`];
  return (await run("npx", args)).trim();
}
