/**
 * Measures the stream: speed as a ratio to a hand-written stage, and memory.
 *
 *     deno task bench [--rounds 7]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { BYTES_PER_EVENT, countRows, generateBody } from "./stream.ts";
import { WAYS } from "./ways.ts";

const EVENTS = 200_000;
const MANY_EVENTS = 2_000_000;

const { values } = parseArgs({
  args: Deno.args,
  options: { rounds: { type: "string", default: "7" } },
});

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

/** Milliseconds of each way, in rounds that take turns, as the machine is never quiet. */
async function measureTimes(rounds: number): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = {};
  // The first round is for the compiler.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, way] of Object.entries(WAYS)) {
      const started = performance.now();
      const count = await way(generateBody(EVENTS));
      if (count !== countRows(EVENTS)) {
        throw new Error(`${name} gave ${count} rows`);
      }
      if (round > 0) (times[name] ??= []).push(performance.now() - started);
    }
  }
  return times;
}

/** Peak memory of a process that does nothing else, in MB. */
async function measurePeak(way: string, events: number): Promise<number> {
  const script = new URL("memory.ts", import.meta.url).pathname;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, way, String(events)],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot measure the memory of ${way}`);
  return Number(new TextDecoder().decode(stdout)) / 1e6;
}

function printTable(rows: (string | number)[][]): void {
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
  console.log();
}

const megabytes = EVENTS * BYTES_PER_EVENT / 1e6;
console.log(
  `Deno ${Deno.version.deno}, ${EVENTS} events, ${
    megabytes.toFixed(0)
  } MB, median of ${values.rounds} interleaved rounds\n`,
);

const times = await measureTimes(Number(values.rounds));
const limit = median(Object.values(times)[0]!);
printTable([
  ["way", "ms", "ratio", "events/s"],
  ["---", "--:", "--:", "--:"],
  ...Object.entries(times).map(([name, all]) => {
    const time = median(all);
    const rate = Math.round(EVENTS / time);
    return [name, time.toFixed(0), (limit / time).toFixed(2), `${rate},000`];
  }),
]);

const rows: (string | number)[][] = [];
for (const way of Object.keys(WAYS)) {
  const few = await measurePeak(way, EVENTS);
  // The whole of that many events is longer than a string can be.
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
    `${EVENTS} events`,
    `${MANY_EVENTS} events`,
    "difference",
  ],
  ["---", "--:", "--:", "--:"],
  ...rows,
]);
