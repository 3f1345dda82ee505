/**
 * Runs the speed bench in another runtime, bundled like an application.
 *
 * @module
 */
import { bundle } from "../tests/support/bundle.ts";
import { BUN_VERSION } from "../tests/runtimes/npx.ts";
import { run } from "../tools/run.ts";

/** The runtimes that the bench supports. */
export type Runtime = "deno" | "node" | "bun";

/** The commands that run a bundle. Bun is installed from npm. */
const COMMANDS: Record<Runtime, string[]> = {
  deno: [Deno.execPath(), "run", "-A", "--no-check"],
  node: ["node"],
  bun: ["npx", "-y", `bun@${BUN_VERSION}`],
};

/** Returns a runtime's name and version. */
export async function versionOf(runtime: Runtime): Promise<string> {
  if (runtime === "deno") return `Deno ${Deno.version.deno}`;
  const [command = "", ...args] = COMMANDS[runtime];
  const version = (await run(command, [...args, "--version"])).trim();
  return runtime === "node" ? `Node ${version}` : `Bun ${version}`;
}

/** Times each variant in a runtime, in milliseconds. */
export async function measureTimesOn(
  runtime: Runtime,
  rounds: number,
  events: number,
): Promise<Record<string, number[]>> {
  const file = await Deno.makeTempFile({ suffix: ".mjs" });
  try {
    await Deno.writeTextFile(file, await bundle("bench/speed.ts"));
    const [command = "", ...args] = COMMANDS[runtime];
    args.push(file, String(rounds), String(events));
    return JSON.parse(await run(command, args));
  } finally {
    await Deno.remove(file);
  }
}
