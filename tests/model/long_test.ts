/** The model test, with enough sequences to find rare cases. */
import { assert, assertEquals } from "@std/assert";
import { test } from "../support/test.ts";
import { IN_MEMORY } from "./replica.ts";
import { playModel } from "./model.ts";

/** Releases that differ in their request types, resets or terminators. */
const SEQUENCES = {
  "3.1.0": 1000,
  "2.7.5": 500,
  "2.5.6": 100,
  "1.141.0": 100,
  "1.138.1": 100,
  "1.136.0": 100,
  "1.135.3": 100,
};

for (const [release, numRuns] of Object.entries(SEQUENCES)) {
  test(`a local copy matches a ${release} server, and no ack is sent too early`, async () => {
    const played = await playModel(release, IN_MEMORY, { numRuns });
    assertEquals(played.sequences, numRuns);
    if (release !== "3.1.0") return;
    for (const [outcome, count] of Object.entries(played.outcomes)) {
      assert(count > 0, `no run was ever "${outcome}"`);
    }
  });
}
