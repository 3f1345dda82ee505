import { SEED } from "../support/property.ts";
import { test } from "../support/test.ts";
import { IN_MEMORY } from "./keeper.ts";
import { playModel } from "./model.ts";

/** Few enough sequences to be played in every runtime. */
const NUM_RUNS = 15;

for (const release of ["3.1.0", "2.7.5", "1.136.0"]) {
  test(`in any runtime, a copy ends equal to a server ${release}, whatever happens`, async () => {
    await playModel(release, IN_MEMORY, {
      numRuns: NUM_RUNS,
      seed: SEED,
    });
  });
}
