/**
 * Plays the model for as long as it is told to, against servers of each
 * generation in turn, and prints the seed that repeats it.
 *
 *     deno task soak --seconds 600 --seed 42
 *
 * @module
 */
import { parseArgs } from "node:util";
import { IN_MEMORY } from "./keeper.ts";
import { playModel, randomSeed } from "./model.ts";

const RELEASES = ["3.1.0", "2.7.5", "1.141.0", "1.136.0", "1.135.3"];
/** Sequences of one seed; a failure names the seed, and is found again in no time. */
const NUM_RUNS = 200;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string" },
  },
});

const end = performance.now() + Number(values.seconds) * 1000;
let seed = Number(values.seed ?? randomSeed());
let total = 0;
for (let round = 0; performance.now() < end; round++, seed++) {
  const release = RELEASES[round % RELEASES.length]!;
  const { sequences, outcomes } = await playModel(release, IN_MEMORY, {
    numRuns: NUM_RUNS,
    seed,
    interruptAfterTimeLimit: end - performance.now(),
  });
  total += sequences;
  const text = Object.entries(outcomes)
    .map(([outcome, count]) => `${outcome} ${count}`).join(", ");
  console.log(`seed ${seed}, ${release}: ${sequences} sequences, ${text}`);
}
console.log(`${total} sequences, no failure`);
