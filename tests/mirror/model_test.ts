/**
 * The model test with a mirror in SQLite, with enough sequences to find rare
 * cases.
 */
import { test } from "../support/test.ts";
import { playModel } from "../model/model.ts";
import { IN_SQLITE } from "./in_sqlite.ts";

const SEQUENCES = {
  "3.1.0": 700,
  "2.7.5": 300,
  "2.5.6": 100,
  "1.136.0": 100,
  "1.135.3": 50,
};

for (const [release, numRuns] of Object.entries(SEQUENCES)) {
  test(`a mirror in SQLite matches a ${release} server after random changes and syncs`, async () => {
    await playModel(release, IN_SQLITE, { numRuns });
  });
}
