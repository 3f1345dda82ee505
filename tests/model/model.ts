/** The model test: whatever happens, the copy ends equal to the server. */
import fc from "fast-check";
import { RELEASES } from "../support/device.ts";
import { COMMANDS } from "./commands.ts";
import type { KeeperFactory } from "./keeper.ts";
import type { Outcome } from "./run.ts";
import { World } from "./world.ts";

/** How long to play. */
export interface ModelParameters {
  numRuns: number;
  seed: number;
  /** Time after which no further sequence is begun, in milliseconds. */
  interruptAfterTimeLimit?: number;
}

/**
 * Plays sequences of up to 25 commands against a server of a release, each time
 * with one of the ways to keep a copy; fails with the shortest sequence that it finds, its seed and
 * its path.
 *
 * @returns How many sequences came to which outcomes.
 */
export async function playModel(
  release: string,
  keepers: readonly KeeperFactory[],
  parameters: ModelParameters,
): Promise<{ sequences: number; outcomes: Record<Outcome, number> }> {
  let sequences = 0;
  const outcomes: Record<Outcome, number> = {
    complete: 0,
    resumed: 0,
    reset: 0,
    skipped: 0,
    aborted: 0,
    crashed: 0,
    left: 0,
    "given up": 0,
  };
  const keeper = fc.nat(keepers.length - 1);
  const commands = fc.commands(COMMANDS, { maxCommands: 25, size: "max" });
  await fc.assert(
    fc.asyncProperty(keeper, commands, async (keeper, commands) => {
      const world = await World.create(RELEASES[release]!, keepers[keeper]!);
      await fc.asyncModelRun(() => ({ model: world, real: world }), commands);
      await world.settle();
      sequences++;
      for (const outcome of world.seen) outcomes[outcome]++;
    }),
    parameters,
  );
  return { sequences, outcomes };
}

/** A seed for sequences that nobody has played before. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}
