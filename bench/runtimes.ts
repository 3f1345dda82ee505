/**
 * Finds runtimes, and runs a bundle of the speed bench in each.
 *
 * @module
 */
import { bundle } from "../tests/support/bundle.ts";
import {
  BUN_VERSION,
  installed,
  NODE_VERSIONS,
} from "../tests/runtimes/npx.ts";
import { run } from "../tools/run.ts";

/** A runtime that runs a bundle in a process. */
export interface Runtime {
  /** The name and the version. */
  title: string;
  /**
   * Returns the command that runs a bundle. Runtimes other than Deno come from
   * npm.
   */
  command: () => Promise<string[]>;
}

/** The runtimes, keyed by the names accepted by the benches. */
export const RUNTIMES: Record<string, Runtime> = {
  deno: {
    title: `Deno ${Deno.version.deno}`,
    command: () =>
      Promise.resolve([Deno.execPath(), "run", "-A", "--no-check"]),
  },
  ...Object.fromEntries(NODE_VERSIONS.map((version) => [
    `node${version.split(".")[0]}`,
    {
      title: `Node ${version}`,
      command: async () => [await installed("node", version)],
    },
  ])),
  bun: {
    title: `Bun ${BUN_VERSION}`,
    command: async () => [await installed("bun", BUN_VERSION)],
  },
};

/**
 * Bundles a file and its imports for any runtime. The caller must delete the
 * bundle.
 */
export async function writeBundle(entry: string): Promise<string> {
  const file = await Deno.makeTempFile({ suffix: ".mjs" });
  await Deno.writeTextFile(file, await bundle(entry));
  return file;
}

/** Times each variant in a runtime, in milliseconds. */
export async function measureTimesOn(
  runtime: Runtime,
  rounds: number,
  events: number,
): Promise<Record<string, number[]>> {
  const file = await writeBundle("bench/speed.ts");
  try {
    const [command = "", ...args] = await runtime.command();
    args.push(file, String(rounds), String(events));
    return JSON.parse(await run(command, args));
  } finally {
    await Deno.remove(file);
  }
}
