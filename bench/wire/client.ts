/**
 * Reads a stream from a socket with one variant, in any runtime. Prints the
 * time and memory used by this process, as JSON: `client.ts VARIANT BASE_URL`
 *
 * @module
 */
import process from "node:process";
import { PEERS } from "../peers.ts";
import { cpuTime, peakBytes } from "../usage.ts";
import { WIRE_WAYS } from "./ways.ts";

const [name = "", baseUrl = ""] = process.argv.slice(2);
const way = { ...WIRE_WAYS, ...PEERS }[name]!;
const startedCpu = cpuTime();
const started = performance.now();
const count = await way({ baseUrl, fetch: (url, init) => fetch(url, init) });
console.log(JSON.stringify({
  count,
  wallMs: performance.now() - started,
  cpuMs: cpuTime() - startedCpu,
  peakBytes: peakBytes(),
}));
