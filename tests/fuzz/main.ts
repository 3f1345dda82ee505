/**
 * Runs the library against mutated recordings for a given time, and prints the
 * command that reproduces a failure.
 *
 *     deno task fuzz --seconds 180 --seed 42
 *     deno task fuzz --seed 42 --case 17
 *
 * @module
 */
import { numberOption, readTask } from "../../tools/task_options.ts";
import { loadCorpus } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";

/** How much the heap may grow after the warm-up. */
const MAX_GROWTH_BYTES = 32 * 2 ** 20;
/** Number of cases until caches and compiled code stop growing. */
const WARM_UP = 2_000;
/** Number of cases between two heap measurements. */
const REPORT_EVERY = 2_000;

const { values } = readTask({
  task: "fuzz",
  options: {
    seconds: { ...numberOption("How many seconds to test"), default: "60" },
    seed: numberOption("The seed of the cases", { min: 0 }),
    case: numberOption("Run only this case", { min: 0 }),
  },
});

/** Returns the number of heap bytes in use after a garbage collection. */
function heapUsed(): number {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  return Deno.memoryUsage().heapUsed;
}

const seed = values.seed ?? Math.floor(Math.random() * 2 ** 31);
const corpus = await loadCorpus();
console.log(`seed ${seed}`);
if (values.case !== undefined) {
  await fuzz(corpus, { seed, first: values.case, cases: 1 });
  console.log(`case ${values.case} passed`);
} else {
  let base: number | undefined;
  let largest = 0;
  const total = await fuzz(corpus, {
    seed,
    forMs: values.seconds * 1000,
    onCase(number) {
      if (number < WARM_UP || number % REPORT_EVERY !== 0) return;
      const used = heapUsed();
      base ??= used;
      largest = Math.max(largest, used - base);
      console.log(`${number} cases, heap ${(used / 2 ** 20).toFixed(1)} MB`);
      if (largest > MAX_GROWTH_BYTES) {
        throw new Error(`The heap grew by ${largest} bytes (seed ${seed})`);
      }
    },
  });
  console.log(
    `${total} cases, no failures, the heap grew by ${
      (largest / 2 ** 20).toFixed(1)
    } MB at most`,
  );
}
