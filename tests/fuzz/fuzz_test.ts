import { assertEquals } from "@std/assert";
import { test } from "../support/test.ts";
import { loadCorpus } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";

const corpus = await loadCorpus();

test("whatever a server sends, what comes out is what is documented", async () => {
  assertEquals(await fuzz(corpus, { seed: 1, cases: 600 }), 600);
});

test("and so it is with cases that nobody has played before", async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  await fuzz(corpus, { seed, forMs: 2_000 });
});
