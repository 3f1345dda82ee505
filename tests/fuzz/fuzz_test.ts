import { assertEquals } from "@std/assert";
import { SEED } from "../support/property.ts";
import { test } from "../support/test.ts";
import { loadCorpus } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";

const CASES = 600;

const corpus = await loadCorpus();

for (const seed of [SEED, SEED + 1]) {
  test(`mutated recordings produce only documented results (seed ${seed})`, async () => {
    assertEquals(await fuzz(corpus, { seed, cases: CASES }), CASES);
  });
}
