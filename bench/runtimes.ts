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

/** The commands that run a bundle. Bun comes from npm. */
const COMMANDS: Record<Runtime, string[]> = {
  deno: [Deno.execPath(), "run", "-A", "--no-check"],
  node: ["node"],
  bun: ["npx", "-y", `bun@${BUN_VERSION}`],
};

/** Returns the name and the version of a runtime. */
export async function versionOf(runtime: Runtime): Promise<string> {
  if (runtime === "deno") return `Deno ${Deno.version.deno}`;
  const [command = "", ...args] = COMMANDS[runtime];
  const version = (await run(command, [...args, "--version"])).trim();
  return runtime === "node" ? `Node ${version}` : `Bun ${version}`;
}

/** Measures the milliseconds of each way in a runtime. */
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
