/** The fuzzer: numbered cases that can be reproduced from a seed. */
import { callCase } from "./call_case.ts";
import type { Corpus } from "./corpus.ts";
import { runChecked } from "./checks.ts";
import { Random } from "./random.ts";
import { streamCase } from "./stream_case.ts";
import { syncCase } from "./sync_case.ts";

/** The kinds of cases, which take turns. */
const KINDS = [streamCase, syncCase, callCase];

/** Which cases to run. */
export interface FuzzOptions {
  seed: number;
  /** Number of the first case. */
  first?: number;
  /** Maximum number of cases. */
  cases?: number;
  /** Maximum time, in milliseconds. */
  forMs?: number;
  /** Called after each case. */
  onCase?: (number: number) => void;
}

/**
 * Runs cases one after the other.
 *
 * @returns The number of cases.
 * @throws For the first case that fails, with the command that reproduces it.
 */
export async function fuzz(
  corpus: Corpus,
  { seed, first = 0, cases = Infinity, forMs = Infinity, onCase }: FuzzOptions,
): Promise<number> {
  const end = performance.now() + forMs;
  let number = first;
  while (number < first + cases && performance.now() < end) {
    const play = KINDS[number % KINDS.length]!;
    const random = new Random(seed, number);
    try {
      await runChecked(() => play(corpus, random));
    } catch (cause) {
      throw new Error(
        `Case ${number} of seed ${seed} fails (${play.name}): deno task fuzz --seed ${seed} --case ${number}`,
        { cause },
      );
    }
    onCase?.(number);
    number++;
  }
  return number - first;
}
