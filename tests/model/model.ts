/**
 * The model test: after any sequence of events, the copy matches the server.
 */
import fc from "fast-check";
import { RELEASES } from "../support/device.ts";
import { assertProperty } from "../support/property.ts";
import { COMMANDS } from "./commands.ts";
import type { ReplicaFactory } from "./replica.ts";
import type { Outcome } from "./run.ts";
import { World } from "./world.ts";

/** How many sequences to run. */
export interface ModelParameters {
  numRuns: number;
  seed?: number;
  /** Time in milliseconds after which no new sequence starts. */
  interruptAfterTimeLimit?: number;
}

/** The sequences that ran. */
export interface Played {
  /** The number of sequences. */
  sequences: number;
  /** Outcome → number of sequences with that outcome. */
  outcomes: Record<Outcome, number>;
}

/**
 * Runs sequences of up to 25 commands, each against a new server of the given
 * release and with a random kind of copy. Fails with the shortest failing
 * sequence, its seed and its path.
 */
export async function playModel(
  release: string,
  replicas: Readonly<Record<string, ReplicaFactory>>,
  parameters: ModelParameters,
): Promise<Played> {
  const played: Played = {
    sequences: 0,
    outcomes: {
      complete: 0,
      paused: 0,
      resumed: 0,
      reset: 0,
      skipped: 0,
      aborted: 0,
      crashed: 0,
      left: 0,
      "given up": 0,
    },
  };
  const replica = fc.constantFrom(...Object.keys(replicas));
  const commands = fc.commands(COMMANDS, { maxCommands: 25, size: "max" });
  await assertProperty(
    fc.asyncProperty(replica, commands, async (replica, commands) => {
      const world = await World.create(RELEASES[release]!, replicas[replica]!);
      await fc.asyncModelRun(() => ({ model: world, real: world }), commands);
      await world.settle();
      played.sequences++;
      for (const outcome of world.seen) played.outcomes[outcome]++;
    }),
    parameters,
  );
  return played;
}

/** Returns a random seed. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}
