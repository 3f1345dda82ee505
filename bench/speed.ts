/**
 * Times each variant in any runtime, and prints the times as JSON.
 *
 * @module
 */
import { argv } from "node:process";
import { countRows, generateBody } from "./stream.ts";
import { PEERS } from "./peers.ts";
import { fromMemory, WAYS } from "./ways.ts";

/** Times each variant in milliseconds, in interleaved rounds to even out noise. */
export async function measureTimes(
  rounds: number,
  events: number,
): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = {};
  // The first round warms up the compiler.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, way] of Object.entries({ ...WAYS, ...PEERS })) {
      const started = performance.now();
      const count = await way(fromMemory(generateBody(events)));
      if (count !== countRows(events)) {
        throw new Error(`${name} returned ${count} rows`);
      }
      if (round > 0) (times[name] ??= []).push(performance.now() - started);
    }
  }
  return times;
}

const [rounds = "7", events = "200000"] = argv.slice(2);
console.log(JSON.stringify(await measureTimes(Number(rounds), Number(events))));
