/** The test of snapshots, with enough sequences to find rare cases. */
import { test } from "../support/test.ts";
import { assertCopiesMatch, assertFirstStreamsMatch } from "./any_actions.ts";

const SEQUENCES = { "3.1.0": 300, "2.7.5": 200, "1.138.1": 100 };

for (const [release, numRuns] of Object.entries(SEQUENCES)) {
  test(`a copy of a ${release} server matches its snapshot after many random actions`, async () => {
    await assertCopiesMatch(release, numRuns);
    await assertFirstStreamsMatch(release, numRuns / 2);
  });
}
