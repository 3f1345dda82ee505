import { assertEquals } from "@std/assert";
import { SEED } from "../support/property.ts";
import { test } from "../support/test.ts";
import { loadCorpus } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";

const CASES = 3000;

test("many mutated recordings produce only documented results", async () => {
  const corpus = await loadCorpus();
  assertEquals(await fuzz(corpus, { seed: SEED + 1, cases: CASES }), CASES);
});
