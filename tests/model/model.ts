/** The model test: whatever happens, the copy ends equal to the server. */
import fc from "fast-check";
import { RELEASES } from "../support/device.ts";
import { COMMANDS } from "./commands.ts";
import { type Outcome, World } from "./world.ts";

/** How long to play. */
export interface ModelParameters {
  numRuns: number;
  seed: number;
  /** Time after which no further sequence is begun, in milliseconds. */
  interruptAfterTimeLimit?: number;
}

/**
 * Plays sequences of up to 25 commands against a server of a release, each time
 * with another copy; fails with the shortest sequence that it finds, its seed and
 * its path.
 *
 * @returns How many sequences came to which outcomes.
 */
export async function playModel(
  release: string,
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
  const commands = fc.commands(COMMANDS, { maxCommands: 25, size: "max" });
  await fc.assert(
    fc.asyncProperty(fc.boolean(), commands, async (sweeps, commands) => {
      const world = new World(RELEASES[release]!, sweeps);
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
