/** The model test, with few enough sequences to run in every runtime. */
import { test } from "../support/test.ts";
import { IN_MEMORY } from "./replica.ts";
import { playModel } from "./model.ts";

for (const release of ["3.3.0", "3.1.0", "2.7.5", "1.136.0", "1.135.3"]) {
  test(`a local copy matches a ${release} server whose library changes during streams`, async () => {
    await playModel(release, IN_MEMORY, { numRuns: 8 });
  });
}
