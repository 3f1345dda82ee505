/** Installs Bun from npm, and installs this package as a Bun user would. */
import { runDeno } from "../../tools/run.ts";
import { BUN_VERSION, installed, NODE_VERSIONS } from "../runtimes/npx.ts";

/**
 * Returns the path of Bun's executable, so that tests can send signals to Bun
 * itself.
 */
export async function findBun(): Promise<string> {
  return await installed("bun", BUN_VERSION);
}

/**
 * Returns the path of a Node executable that includes SQLite (Node 22.5 or
 * later).
 */
export async function findNode(): Promise<string> {
  return await installed("node", NODE_VERSIONS.at(-1)!);
}

/**
 * Installs this package in a directory: one file per entry point, and one file
 * for their shared code.
 */
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
