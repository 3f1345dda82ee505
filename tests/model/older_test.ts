import { SEED } from "../support/property.ts";
import { test } from "../support/test.ts";
import { IN_MEMORY } from "./keeper.ts";
import { playModel } from "./model.ts";

/** One of each generation: what they can be asked for, and how they start over and end. */
const SEQUENCES = {
  "2.7.5": 400,
  "2.5.6": 100,
  "1.141.0": 100,
  "1.138.1": 100,
  "1.136.0": 100,
  "1.135.3": 100,
};

for (const [release, numRuns] of Object.entries(SEQUENCES)) {
  test(`whatever happens, a copy ends equal to a server ${release}, and no ack comes too early`, async () => {
    await playModel(release, IN_MEMORY, { numRuns, seed: SEED });
  });
}
