/**
 * Reads a stream from a socket in a process of its own, and measures the process.
 *
 * @module
 */
import { Miniflare } from "miniflare";
import { bundle } from "../../tests/support/bundle.ts";
import { run } from "../../tools/run.ts";
import { findWorkerd } from "../processes.ts";
import { RUNTIMES, writeBundle } from "../runtimes.ts";
import { cpuTime, peakBytes } from "../usage.ts";

/** What a client needed to read a stream. */
export interface Usage {
  /** Number of rows, or of bytes if only chunks were read. */
  count: number;
  /** The time from the request to the end of the stream, in milliseconds. */
  wallMs: number;
  /** The CPU time of the process in that time, in milliseconds. */
  cpuMs: number;
  /** The peak memory of the process, in bytes. */
  peakBytes: number;
}

/** Reads a stream with one variant in a new process. */
export type Measure = (way: string, baseUrl: string) => Promise<Usage>;

/** Measures clients in a runtime that runs a bundle. */
async function measureIn(runtime: string): Promise<Measure> {
  const [command = "", ...args] = await RUNTIMES[runtime]!.command();
  const file = await writeBundle("bench/wire/client.ts");
  return async (way, baseUrl) =>
    JSON.parse(await run(command, [...args, file, way, baseUrl]));
}

/** Measures clients in workerd. */
async function measureInWorkerd(): Promise<Measure> {
  const script = await bundle("bench/wire/worker.ts", "--platform=browser");
  return async (way, baseUrl) => {
    const miniflare = new Miniflare({
      modules: true,
      script,
      compatibilityDate: "2026-01-01",
    });
    try {
      const { href } = await miniflare.ready;
      const id = await findWorkerd(href);
      const startedCpu = cpuTime(id);
      const started = performance.now();
      const query = new URLSearchParams({ way, from: baseUrl });
      const response = await fetch(`${href}?${query}`);
      const text = await response.text();
      if (!response.ok) throw new Error(`${way} failed: ${text}`);
      return {
        count: Number(text),
        wallMs: performance.now() - started,
        cpuMs: cpuTime(id) - startedCpu,
        peakBytes: peakBytes(id),
      };
    } finally {
      await miniflare.dispose();
    }
  };
}

/** Returns a function that measures clients in a runtime. */
export function measurerFor(runtime: string): Promise<Measure> {
  return runtime === "workerd" ? measureInWorkerd() : measureIn(runtime);
}

/** Reads a stream with curl. Returns the time in milliseconds. */
export async function measureCurl(baseUrl: string): Promise<number> {
  const time = await run("curl", [
    ..."-sS --http1.1 -X POST -o /dev/null -w %{time_total}".split(" "),
    `${baseUrl}/api/sync/stream`,
  ]);
  return Number(time) * 1000;
}
