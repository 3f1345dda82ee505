/**
 * Reads a stream from a socket in a separate process, and measures the process.
 *
 * @module
 */
import { Miniflare } from "miniflare";
import { bundle } from "../../tests/support/bundle.ts";
import { run } from "../../tools/run.ts";
import { findWorkerd } from "../processes.ts";
import { RUNTIMES, writeBundle } from "../runtimes.ts";
import { cpuTime, peakBytes } from "../usage.ts";

/** The time and memory used by a client to read a stream. */
export interface Usage {
  /** Number of rows read, or of bytes if the variant reads only chunks. */
  count: number;
  /** The time from the request to the end of the stream, in milliseconds. */
  wallMs: number;
  /** The process's CPU time during the request, in milliseconds. */
  cpuMs: number;
  /** The process's peak memory in bytes. */
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
