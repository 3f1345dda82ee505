/**
 * Measures the elapsed time, CPU time and peak memory of clients that read a
 * stream from a socket. Like a real server, the bench server sends one line per
 * HTTP chunk. The server and each client run in separate processes.
 *
 *     deno task bench:wire [--runtime deno|node20|node22|node24|bun|workerd]
 *       [--rounds 5] [--events 200000] [--rate LINES_PER_SECOND] [--only PATTERN]
 *
 * @module
 */
import { median } from "./median.ts";
import { readOptions } from "./options.ts";
import { PEERS } from "./peers.ts";
import { RUNTIMES } from "./runtimes.ts";
import { countBytes, countRows } from "./stream.ts";
import { measureCurl, measurerFor, type Usage } from "./wire/measure.ts";
import { startServer } from "./wire/start_server.ts";
import {
  BYOB_LIMIT,
  DEFAULT_LIMIT,
  needsByob,
  WIRE_WAYS,
} from "./wire/ways.ts";

const values = readOptions("bench:wire", {
  runtime: "deno",
  rounds: "5",
  events: "200000",
  rate: "Infinity",
  only: "",
}, [...Object.keys(RUNTIMES), "workerd"]);
const { runtime, rate } = values;
const events = Number(values.events);

const limit = runtime === "deno" ? BYOB_LIMIT : DEFAULT_LIMIT;
// The packages need Node's streams, which workerd provides only if configured
// to.
const ways = [
  ...Object.keys(WIRE_WAYS),
  ...(runtime === "workerd" ? [] : Object.keys(PEERS)),
].filter((way) => runtime !== "bun" || !needsByob(way))
  .filter((way) => way === limit || new RegExp(values.only).test(way));

const measure = await measurerFor(runtime);
const curlTimes: number[] = [];
const usages: Record<string, Usage[]> = {};
{
  await using server = await startServer(events, Number(rate));
  for (let round = 0; round < Number(values.rounds); round++) {
    curlTimes.push(await measureCurl(`${server.url}/${round}-curl`));
    for (const [i, way] of ways.entries()) {
      const usage = await measure(way, `${server.url}/${round}-${i}`);
      if (![countRows(events), countBytes(events)].includes(usage.count)) {
        throw new Error(`${way} returned ${usage.count}`);
      }
      (usages[way] ??= []).push(usage);
    }
  }
}

const title = RUNTIMES[runtime]?.title ?? runtime;
const pace = rate === "Infinity" ? "" : `, ${rate} lines/s`;
console.log(
  `${title}, ${events} events${pace}, median of ${values.rounds} interleaved rounds\n`,
);
const seconds = (ms: number) => (ms / 1000).toFixed(2);
const medianOf = (way: string, key: keyof Usage) =>
  median(usages[way]!.map((usage) => usage[key]));
const curl = median(curlTimes);
const rows = [
  ["variant", "wall s", "x curl", "CPU s", "x limit", "peak MB"],
  ["---", "--:", "--:", "--:", "--:", "--:"],
  ["curl", seconds(curl), "1.00", "", "", ""],
  ...ways.map((way) => [
    way === limit ? `${way} (the limit)` : way,
    seconds(medianOf(way, "wallMs")),
    (medianOf(way, "wallMs") / curl).toFixed(2),
    seconds(medianOf(way, "cpuMs")),
    (medianOf(way, "cpuMs") / medianOf(limit, "cpuMs")).toFixed(2),
    (medianOf(way, "peakBytes") / 1e6).toFixed(0),
  ]),
];
for (const row of rows) console.log(`| ${row.join(" | ")} |`);
// Miniflare keeps the process alive (4.20260730.0, 2026-11).
Deno.exit(0);
