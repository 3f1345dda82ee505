/** The model, with as many sequences as it takes to find what is rare. */
import { assert, assertEquals } from "@std/assert";
import { test } from "../support/test.ts";
import { IN_MEMORY } from "./replica.ts";
import { playModel } from "./model.ts";

/** One of each generation: what they can be asked for, and how they start over and end. */
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
  test(`a copy ends equal to a ${release} server, and no ack is sent too early`, async () => {
    const played = await playModel(release, IN_MEMORY, { numRuns });
    assertEquals(played.sequences, numRuns);
    if (release !== "3.1.0") return;
    for (const [outcome, count] of Object.entries(played.outcomes)) {
      assert(count > 0, `no run was ever "${outcome}"`);
    }
  });
}
