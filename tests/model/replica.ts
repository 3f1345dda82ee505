/** Whoever keeps a copy of a library, and knows how to compare it. */
import type { SyncProcessor } from "../../mod.ts";
import type { Snapshot } from "../../src/testing/mod.ts";
import { Copy } from "../support/copy.ts";
import { assertSameRows, reachable } from "../support/snapshots.ts";

/** Keeps a copy, which outlives every run. */
export interface Replica {
  /** Stores what a run brings. */
  processor: SyncProcessor;
  /** Called when a run has resolved. */
  complete?(): void;
  /** Starts again from what is stored. */
  restart(): void | Promise<void>;
  /** The rows that it holds. */
  read(): Snapshot | Promise<Snapshot>;
  /** A row of the server as it has to be kept. */
  expects?(snapshot: Snapshot): Snapshot;
  /** Looks for anything else that is wrong, when nothing changes on the server. */
  check?(): void | Promise<void>;
}

/** Makes a replica for a user; `now` is the clock of the world. */
export type ReplicaFactory = (
  userId: string,
  now: () => number,
) => Replica | Promise<Replica>;

/**
 * Compares what a reader comes to with what the server holds.
 *
 * @param exact Whether nothing else may be stored, either.
 */
export async function assertHolds(
  replica: Replica,
  snapshot: Snapshot,
  { userId, exact }: { userId: string; exact: boolean },
): Promise<void> {
  const rows = await replica.read();
  const expected = replica.expects?.(snapshot) ?? snapshot;
  assertSameRows(exact ? rows : reachable(rows, userId), expected);
  await replica.check?.();
}

/** Keeps a copy in memory that marks and sweeps, or is wiped. */
export function inMemory({ sweeps }: { sweeps: boolean }): ReplicaFactory {
  return (userId) => {
    const copy = new Copy(userId);
    return {
      processor: copy.processor({ sweeps }),
      ...(sweeps ? {} : { complete: () => copy.complete() }),
      restart() {},
      read: () => copy.tables,
    };
  };
}

/** Both of them. */
export const IN_MEMORY: Readonly<Record<string, ReplicaFactory>> = {
  "a copy that is wiped": inMemory({ sweeps: false }),
  "a copy that sweeps": inMemory({ sweeps: true }),
};
