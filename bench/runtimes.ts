/**
 * Runs the bench of speed on a runtime of its own: bundled, as applications are.
 *
 * @module
 */
import { bundle } from "../tests/support/bundle.ts";
import { BUN_VERSION } from "../tests/runtimes/npx.ts";
import { run } from "../tools/run.ts";

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
  const [command = "", ...args] = COMMANDS[runtime];
  const version = (await run(command, [...args, "--version"])).trim();
  return runtime === "node" ? `Node ${version}` : `Bun ${version}`;
}

/** Milliseconds of each way on a runtime. */
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
