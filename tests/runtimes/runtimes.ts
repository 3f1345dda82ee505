/** The runtimes, and in which versions the tests run there. */
import { chromiumVersion, runInChromium } from "./chromium.ts";
import { runInBun, runInDeno, runInNode } from "./processes.ts";
import { BUN_VERSION, NODE_VERSIONS } from "./npx.ts";
import type { Numbered } from "./report.ts";
import { runInWorkerd } from "./workerd.ts";

/** What the tests stand on. */
export interface Grounds {
  /** The folder with `bundle.mjs`, to write into. */
  folder: string;
  /** Where the process with the servers listens. */
  control: string;
}

/** A runtime, for the command line and for the README. */
export interface Runtime {
  /** As the README calls it. */
  name: string;
  /** Versions, the oldest first. */
  versions(): Promise<string[]>;
  /** Runs all tests. */
  run(grounds: Grounds, version: string): AsyncIterable<Numbered>;
}

function pinned(...versions: string[]): () => Promise<string[]> {
  return () => Promise.resolve(versions);
}

/** Every runtime by the name of its task. */
export const RUNTIMES: Record<string, Runtime> = {
  deno: {
    name: "Deno",
    versions: pinned(Deno.version.deno),
    run: runInDeno,
  },
  node: {
    name: "Node",
    versions: pinned(...NODE_VERSIONS),
    run: runInNode,
  },
  bun: { name: "Bun", versions: pinned(BUN_VERSION), run: runInBun },
  workerd: {
    name: "workerd",
    versions: pinned("1.20261117.1"),
    run: runInWorkerd,
  },
  browser: {
    name: "Chromium",
    async versions() {
      const version = await chromiumVersion();
      return version === undefined ? [] : [version];
    },
    run: runInChromium,
  },
};
