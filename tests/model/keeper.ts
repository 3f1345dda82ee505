/** Whoever keeps a copy of a library, and knows how to compare it. */
import { assertEquals } from "@std/assert";
import type { SyncProcessor } from "../../mod.ts";
import type { Snapshot } from "../../src/testing/mod.ts";
import { Copy } from "../support/copy.ts";

/** Keeps a copy, which outlives every run. */
export interface Keeper {
  /** Stores what a run brings. */
  processor: SyncProcessor;
  /** Starts anew, from what is stored. */
  restart(): void | Promise<void>;
  /** Compares what it holds after a whole run. */
  assertHolds(snapshot: Snapshot): void | Promise<void>;
}

/** Makes a keeper for a user; `now` is the clock of the world. */
export type KeeperFactory = (
  userId: string,
  now: () => number,
) => Keeper | Promise<Keeper>;

/** Keeps a copy in memory that marks and sweeps, or is wiped. */
export function inMemory({ sweeps }: { sweeps: boolean }): KeeperFactory {
  return (userId) => {
    const copy = new Copy(userId);
    return {
      processor: copy.processor({ sweeps }),
      restart() {},
      assertHolds(snapshot) {
        copy.prune();
        assertEquals(copy.toSnapshot(), snapshot);
      },
    };
  };
}

/** Both of them. */
export const IN_MEMORY: readonly KeeperFactory[] = [
  inMemory({ sweeps: false }),
  inMemory({ sweeps: true }),
];
