import { assertEquals } from "@std/assert";
import { SEED } from "../support/property.ts";
import { test } from "../support/test.ts";
import { loadCorpus } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";

const CASES = 300;

test("mutated recordings produce only documented results", async () => {
  const corpus = await loadCorpus();
  assertEquals(await fuzz(corpus, { seed: SEED, cases: CASES }), CASES);
});
