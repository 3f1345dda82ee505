/** Code of this repository as one module, for runtimes that cannot run its files. */
import { outputOf } from "./children.ts";

/** Makes one module of a file and all that it imports. */
export async function bundle(entry: string): Promise<string> {
  return await outputOf(Deno.execPath(), ["bundle", "--quiet", entry]);
}
