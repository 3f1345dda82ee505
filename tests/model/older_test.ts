import { test } from "../support/test.ts";
import { playModel, randomSeed, toVersion } from "./model.ts";

/** One of each generation: what they can be asked for, and how they start over and end. */
const SEQUENCES = {
  "2.7.5": 400,
  "2.5.6": 100,
  "1.141.0": 100,
  "1.138.0": 100,
  "1.136.0": 100,
  "1.135.0": 100,
};

for (const [version, numRuns] of Object.entries(SEQUENCES)) {
  test(`whatever happens, a copy ends equal to a server ${version}, and no ack comes too early`, async () => {
    await playModel(toVersion(version), { numRuns, seed: randomSeed() });
  });
}
