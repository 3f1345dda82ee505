/**
 * The runtimes and their tested versions. `runtimes.ts` runs the tests in them.
 */
import { run } from "../../tools/run.ts";
import type { RuntimeName } from "../support/test.ts";
import { BUN_VERSION, NODE_VERSIONS } from "./npx.ts";

/** A runtime, for the command line and for the README. */
export interface Named {
  /** The runtime's name in the README. */
  name: string;
  /** The versions, oldest first. */
  versions(): Promise<string[]>;
}

function pinned(...versions: string[]): () => Promise<string[]> {
  return () => Promise.resolve(versions);
}

/**
 * Returns the path of Chromium: the value of `CHROMIUM` if set, otherwise
 * Debian's path.
 */
export function chromiumPath(): string {
  return Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
}

/** Returns the installed version of Chromium, if any. */
export async function chromiumVersion(): Promise<string | undefined> {
  try {
    const version = await run(chromiumPath(), ["--version"]);
    return /\d[\d.]+/.exec(version)?.[0];
  } catch {
    return undefined;
  }
}

/** Every runtime, keyed by the name of its task. */
export const VERSIONS: Record<RuntimeName, Named> = {
  deno: { name: "Deno", versions: pinned(Deno.version.deno) },
  node: { name: "Node", versions: pinned(...NODE_VERSIONS) },
  bun: { name: "Bun", versions: pinned(BUN_VERSION) },
  workerd: { name: "workerd", versions: pinned("1.20261117.1") },
  browser: {
    name: "Chromium",
    async versions() {
      const version = await chromiumVersion();
      return version === undefined ? [] : [version];
    },
  },
};
