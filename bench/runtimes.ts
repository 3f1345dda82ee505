/**
 * Runs the bench of speed on a runtime of its own: bundled, as applications are.
 *
 * @module
 */
import { BUN_VERSION } from "../tests/runtimes/npx.ts";

/** Where the bench can run. */
export type Runtime = "deno" | "node" | "bun";

/** What starts a bundle: what is installed, or comes from npm. */
const COMMANDS: Record<Runtime, string[]> = {
  deno: [Deno.execPath(), "run", "-A", "--no-check"],
  node: ["node"],
  bun: ["npx", "-y", `bun@${BUN_VERSION}`],
};

/** The version of a runtime, as it says itself. */
export async function versionOf(runtime: Runtime): Promise<string> {
  if (runtime === "deno") return `Deno ${Deno.version.deno}`;
  const version = await output([...COMMANDS[runtime], "--version"]);
  return runtime === "node" ? `Node ${version}` : `Bun ${version}`;
}

/** Bundles a module of the bench, and gives the file. */
export async function bundle(
  module: string,
  platform: "deno" | "browser",
): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".mjs" });
  const entry = new URL(module, import.meta.url).pathname;
  await output([
    ...[Deno.execPath(), "bundle", "--quiet"],
    ...["--platform", platform, "--output", file, entry],
  ]);
  return file;
}

/** Milliseconds of each way on a runtime. */
export async function measureTimesOn(
  runtime: Runtime,
  rounds: number,
  events: number,
): Promise<Record<string, number[]>> {
  const file = await bundle("speed.ts", "deno");
  try {
    const args = [file, String(rounds), String(events)];
    return JSON.parse(await output([...COMMANDS[runtime], ...args]));
  } finally {
    await Deno.remove(file);
  }
}

async function output([command = "", ...args]: string[]): Promise<string> {
  const { stdout, success } = await new Deno.Command(command, {
    args,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot run ${command}`);
  return new TextDecoder().decode(stdout).trim();
}
