/** Bun, as npm has it, and this package as Bun's users have it. */
import { runDeno } from "../../tools/run.ts";
import { BUN_VERSION, installed, NODE_VERSIONS } from "../runtimes/npx.ts";

/** Path of Bun's executable, so that a signal reaches Bun itself. */
export async function findBun(): Promise<string> {
  return await installed("bun", BUN_VERSION);
}

/** Path of the executable of a Node that has SQLite, as they do since 22.5. */
export async function findNode(): Promise<string> {
  return await installed("node", NODE_VERSIONS.at(-1)!);
}

/** Installs this package in a directory: each entry point in a file, and what they share in another. */
export async function installPackage(directory: string): Promise<void> {
  const target = `${directory}/node_modules/@immich-edge/sync`;
  await Deno.mkdir(target, { recursive: true });
  const exports = { ".": "./mod.js", "./mirror": "./src/mirror/mod.js" };
  const manifest = { name: "@immich-edge/sync", exports };
  await Deno.writeTextFile(`${target}/package.json`, JSON.stringify(manifest));
  await runDeno(
    ...["bundle", "--quiet", "--code-splitting", "--outdir", target],
    ...["mod.ts", "src/mirror/mod.ts"],
  );
}
