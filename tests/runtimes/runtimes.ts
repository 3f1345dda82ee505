/** How the tests run in each runtime. */
import { runInChromium } from "./chromium.ts";
import { runInBun, runInDeno, runInNode } from "./processes.ts";
import type { Numbered } from "./report.ts";
import { type Named, VERSIONS } from "./versions.ts";
import { runInWorkerd } from "./workerd.ts";

/** What the tests need. */
export interface RunContext {
  /** A writable folder that contains `bundle.mjs`. */
  folder: string;
  /** Address of the process that runs the servers. */
  control: string;
}

/** A runtime that can run the tests. */
export interface Runtime extends Named {
  /** Runs all tests. */
  run(context: RunContext, version: string): AsyncIterable<Numbered>;
}

/** Every runtime, keyed by the name of its task. */
export const RUNTIMES: Record<string, Runtime> = {
  deno: { ...VERSIONS.deno, run: runInDeno },
  node: { ...VERSIONS.node, run: runInNode },
  bun: { ...VERSIONS.bun, run: runInBun },
  workerd: { ...VERSIONS.workerd, run: runInWorkerd },
  browser: { ...VERSIONS.browser, run: runInChromium },
};
