/**
 * Runs the model test for a given time, against servers of each generation in
 * turn, and prints each round's seed.
 *
 *     deno task soak --seconds 600
 *     deno task soak --seed 42 --release 3.1.0
 *
 * @module
 */
import {
  choiceOption,
  numberOption,
  readTask,
} from "../../tools/task_options.ts";
import { IN_SQLITE } from "../mirror/in_sqlite.ts";
import { IN_MEMORY } from "./replica.ts";
import { playModel, randomSeed } from "./model.ts";

const RELEASES = ["3.3.0", "3.1.0", "2.7.5", "1.141.0", "1.136.0", "1.135.3"];
/** Number of sequences per seed. */
const NUM_RUNS = 200;

const { values } = readTask({
  task: "soak",
  options: {
    seconds: { ...numberOption("How many seconds to test"), default: "60" },
    seed: numberOption("The seed of the first sequences", { min: 0 }),
    release: choiceOption("Test only this release of the server", RELEASES),
  },
});

const releases = values.release === undefined ? RELEASES : [values.release];
const end = performance.now() + values.seconds * 1000;
let seed = values.seed ?? randomSeed();
let total = 0;
for (let round = 0; performance.now() < end; round++, seed++) {
  const release = releases[round % releases.length]!;
  const repeat = `deno task soak --seed ${seed} --release ${release}`;
  try {
    const { sequences, outcomes } = await playModel(
      release,
      { ...IN_MEMORY, ...IN_SQLITE },
      {
        numRuns: NUM_RUNS,
        seed,
        interruptAfterTimeLimit: end - performance.now(),
      },
    );
    total += sequences;
    const text = Object.entries(outcomes)
      .map(([outcome, count]) => `${outcome} ${count}`).join(", ");
    console.log(`seed ${seed}, ${release}: ${sequences} sequences, ${text}`);
  } catch (error) {
    console.error(`Failed after ${total} sequences. To repeat: ${repeat}`);
    throw error;
  }
}
console.log(`${total} sequences, no failures`);
