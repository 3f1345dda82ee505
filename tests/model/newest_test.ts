import { assert, assertEquals } from "@std/assert";
import { SEED } from "../support/property.ts";
import { test } from "../support/test.ts";
import { IN_MEMORY } from "./keeper.ts";
import { playModel } from "./model.ts";

test("whatever happens, a copy ends equal to a server 3.1.0, and no ack comes too early", async () => {
  const parameters = { numRuns: 1200, seed: SEED };
  const played = await playModel("3.1.0", IN_MEMORY, parameters);
  assertEquals(played.sequences, 1200);
  for (const [outcome, count] of Object.entries(played.outcomes)) {
    assert(count > 0, `no run was ever "${outcome}" (${parameters.seed})`);
  }
});
