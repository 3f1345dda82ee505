/** Bun, as npm has it, and this package as Bun's users have it. */
import { ROOT } from "./sources.ts";

/** The version that is tested. */
const BUN = "bun@1.4.5";

/** The one whose SQLite is tested; it has one since 22.5. */
const NODE = "node@24.9.0";

/**
 * Path of Bun's executable, so that a signal reaches Bun itself. npm keeps it:
 * only the first time on a machine downloads it.
 */
export async function findBun(): Promise<string> {
  return await outputOf("npx", ["-y", "-p", BUN, "-c", "command -v bun"]);
}

/** Path of the executable of a Node that has SQLite. */
export async function findNode(): Promise<string> {
  return await outputOf("npx", ["-y", "-p", NODE, "-c", "command -v node"]);
}

/** Installs this package in a directory: each entry point in a file, and what they share in another. */
export async function installPackage(directory: string): Promise<void> {
  const target = `${directory}/node_modules/@immich-edge/sync`;
  await Deno.mkdir(target, { recursive: true });
  const exports = { ".": "./mod.js", "./mirror": "./src/mirror/mod.js" };
  const manifest = { name: "@immich-edge/sync", exports };
  await Deno.writeTextFile(`${target}/package.json`, JSON.stringify(manifest));
  await outputOf(Deno.execPath(), [
    ...["bundle", "--quiet", "--code-splitting", "--outdir", target],
    ...["mod.ts", "src/mirror/mod.ts"],
  ]);
}

async function outputOf(command: string, args: string[]): Promise<string> {
  const child = new Deno.Command(command, { args, cwd: ROOT, stderr: "piped" });
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${command}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout).trim();
}
