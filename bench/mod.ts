/**
 * Compares the stream's speed and memory use with those of a hand-written
 * stage.
 *
 *     deno task bench [--runtime deno|node20|node22|node24|bun] [--rounds 7] [--events 200000]
 *
 * @module
 */
import { runDeno } from "../tools/run.ts";
import { median } from "./median.ts";
import { readOptions } from "./options.ts";
import { measureTimesOn, RUNTIMES } from "./runtimes.ts";
import { BYTES_PER_EVENT } from "./stream.ts";
import { WAYS } from "./ways.ts";

const FEW_EVENTS = 200_000;
const MANY_EVENTS = 2_000_000;

const values = readOptions("bench", {
  runtime: "deno",
  rounds: "7",
  events: String(FEW_EVENTS),
});
const runtime = RUNTIMES[values.runtime]!;
const events = Number(values.events);

/** Measures the peak memory of one variant in MB, in a separate process. */
async function measurePeak(way: string, events: number): Promise<number> {
  const args = ["run", "-A", "--no-check", "bench/memory.ts"];
  return Number(await runDeno(...args, way, String(events))) / 1e6;
}

function printTable(rows: (string | number)[][]): void {
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
  console.log();
}

const megabytes = events * BYTES_PER_EVENT / 1e6;
console.log(
  `${runtime.title}, ${events} events, ${
    megabytes.toFixed(0)
  } MB, median of ${values.rounds} interleaved rounds\n`,
);

const times = await measureTimesOn(runtime, Number(values.rounds), events);
const limit = median(Object.values(times)[0]!);
printTable([
  ["variant", "ms", "ratio", "events/s"],
  ["---", "--:", "--:", "--:"],
  ...Object.entries(times).map(([name, all]) => {
    const time = median(all);
    const rate = Math.round(events / time);
    return [name, time.toFixed(0), (limit / time).toFixed(2), `${rate},000`];
  }),
]);

/** Prints each variant's peak memory in Deno, as reported by Linux. */
async function printPeaks(): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const way of Object.keys(WAYS)) {
    const few = await measurePeak(way, FEW_EVENTS);
    // This many events would exceed the maximum string length.
    const whole = way === "whole body as text";
    const many = whole ? NaN : await measurePeak(way, MANY_EVENTS);
    rows.push([
      way,
      few.toFixed(0),
      whole ? "too long for a string" : many.toFixed(0),
      whole ? "" : (many - few).toFixed(0),
    ]);
  }
  printTable([
    [
      "peak memory in MB",
      `${FEW_EVENTS} events`,
      `${MANY_EVENTS} events`,
      "difference",
    ],
    ["---", "--:", "--:", "--:"],
    ...rows,
  ]);
}

if (values.runtime === "deno") await printPeaks();
