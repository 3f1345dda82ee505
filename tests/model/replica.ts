/** Whoever keeps a copy of a library, and knows how to compare it. */
import type { SyncProcessor } from "../../mod.ts";
import type { Snapshot } from "../../src/testing/mod.ts";
import { Copy } from "../support/copy.ts";
import {
  assertSameRows,
  reachable,
  withoutFormer,
} from "../support/snapshots.ts";

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
 * Compares what a replica holds with what the server holds.
 *
 * @param when After any run, rows may be left of a share that has just begun
 * again. Once nothing has changed for two runs, a reader comes to none of them.
 * After a full sync, nothing else is stored.
 */
export async function assertHolds(
  replica: Replica,
  snapshot: Snapshot,
  { userId, when }: {
    userId: string;
    when: "after a run" | "at rest" | "after a full sync";
  },
): Promise<void> {
  let rows = await replica.read();
  const expected = replica.expects?.(snapshot) ?? snapshot;
  if (when !== "after a full sync") rows = reachable(rows, userId);
  if (when === "after a run") rows = withoutFormer(rows, expected, userId);
  assertSameRows(rows, expected);
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
