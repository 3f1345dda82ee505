/**
 * Sends mutated recordings through the library for as long as it is told to, and
 * prints what repeats a failure.
 *
 *     deno task fuzz --seconds 180 --seed 42
 *     deno task fuzz --seed 42 --case 17
 *
 * @module
 */
import { parseArgs } from "node:util";
import { loadCorpus } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";

/** Memory that is there after a case may grow by so much while cases go by. */
const MAX_GROWTH_BYTES = 32 * 2 ** 20;
/** Cases until caches and compiled code are what they will be. */
const WARM_UP = 2_000;
/** Cases between two looks at the heap. */
const REPORT_EVERY = 2_000;

const { values } = parseArgs({
  args: Deno.args,
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string" },
    case: { type: "string" },
  },
});

/** Bytes that are in use, garbage aside. */
function heapUsed(): number {
  const { gc } = globalThis as { gc?: () => void };
  gc?.();
  return Deno.memoryUsage().heapUsed;
}

const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const corpus = await loadCorpus();
console.log(`seed ${seed}`);
if (values.case !== undefined) {
  await fuzz(corpus, { seed, first: Number(values.case), cases: 1 });
  console.log(`case ${values.case} holds`);
} else {
  let base: number | undefined;
  let largest = 0;
  const total = await fuzz(corpus, {
    seed,
    forMs: Number(values.seconds) * 1000,
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
    `${total} cases, no failure, the heap grew by ${
      (largest / 2 ** 20).toFixed(1)
    } MB at most`,
  );
}
