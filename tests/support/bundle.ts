/** Code of this repository as one module, for runtimes that cannot run its files. */
import { runDeno } from "../../tools/run.ts";

/** Makes one module of a file and all that it imports. */
export async function bundle(
  entry: string,
  ...flags: string[]
): Promise<string> {
  return await runDeno("bundle", "--quiet", ...flags, entry);
}
