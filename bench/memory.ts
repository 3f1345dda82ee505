/**
 * Reads a generated stream with one variant, and prints the process's peak
 * memory: `deno run -A bench/memory.ts VARIANT EVENTS`
 *
 * @module
 */
import { peakBytes } from "./usage.ts";
import { countRows, generateBody } from "./stream.ts";
import { fromMemory, WAYS } from "./ways.ts";

const [way = "", events = "0"] = Deno.args;
const count = await WAYS[way]!(fromMemory(generateBody(Number(events))));
if (count !== countRows(Number(events))) throw new Error(`Read ${count} rows`);
console.log(peakBytes());
