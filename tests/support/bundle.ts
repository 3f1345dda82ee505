/** Bundles this repository's code for runtimes that cannot run its files. */
import { runDeno } from "../../tools/run.ts";

/** Bundles a file and its imports into one module. */
export async function bundle(
  entry: string,
  ...flags: string[]
): Promise<string> {
  return await runDeno("bundle", "--quiet", ...flags, entry);
}
