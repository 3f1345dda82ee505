/**
 * Reads a generated stream in one way, and prints the peak of the process's
 * memory: `deno run -A bench/memory.ts WAY EVENTS`
 *
 * @module
 */
import { countRows, generateBody } from "./stream.ts";
import { WAYS } from "./ways.ts";

/** The peak so far in bytes, as the kernel counts it, or as it is now. */
async function peakBytes(): Promise<number> {
  try {
    const status = await Deno.readTextFile("/proc/self/status");
    return Number(/VmHWM:\s+(\d+)/.exec(status)![1]) * 1024;
  } catch {
    return Deno.memoryUsage().rss;
  }
}

const [way = "", events = "0"] = Deno.args;
const count = await WAYS[way]!(generateBody(Number(events)));
if (count !== countRows(Number(events))) throw new Error(`${count} rows came`);
console.log(await peakBytes());
