/** Code of this repository as one module, for runtimes that cannot run its files. */
import { ROOT } from "./sources.ts";

/** Makes one module of a file and all that it imports. */
export async function bundle(entry: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", entry],
    cwd: ROOT,
  }).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new Error(`Cannot bundle ${entry}: ${decoder.decode(stderr)}`);
}
