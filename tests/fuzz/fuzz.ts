/** The fuzzer: cases by number, each repeated by its seed. */
import { callCase } from "./call_case.ts";
import type { Corpus } from "./corpus.ts";
import { judge } from "./judge.ts";
import { Random } from "./random.ts";
import { streamCase } from "./stream_case.ts";
import { syncCase } from "./sync_case.ts";

/** Each third case is of the same kind. */
const KINDS = [streamCase, syncCase, callCase];

/** Which cases to play. */
export interface FuzzOptions {
  seed: number;
  /** Number of the first case. */
  first?: number;
  /** How many cases at most. */
  cases?: number;
  /** Longest time, in milliseconds. */
  forMs?: number;
  /** Told after each case. */
  onCase?: (number: number) => void;
}

/**
 * Plays cases one after the other.
 *
 * @returns How many.
 * @throws At the first case that fails, with what plays it alone.
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
      await judge(() => play(corpus, random));
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
