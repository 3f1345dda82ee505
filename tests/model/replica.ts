/** Copies of a library, for comparison with the server. */
import type { SyncProcessor } from "../../mod.ts";
import type { Snapshot } from "../../src/testing/mod.ts";
import { Copy } from "../support/copy.ts";
import {
  assertSameRows,
  reachable,
  withoutFormer,
} from "../support/snapshots.ts";

/** A copy that outlives each run. */
export interface Replica {
  /** Stores what a run delivers. */
  processor: SyncProcessor;
  /** Called after a run has completed. */
  complete?(): void;
  /** Reopens the copy from its stored data. */
  restart(): void | Promise<void>;
  /** The stored rows. */
  read(): Snapshot | Promise<Snapshot>;
  /** Converts the server's rows to the form stored in the copy. */
  expects?(snapshot: Snapshot): Snapshot;
  /**
   * Looks for other inconsistencies. Called while nothing is changing on the
   * server.
   */
  check?(): void | Promise<void>;
}

/** Creates a replica for a user; `now` is the world's clock. */
export type ReplicaFactory = (
  userId: string,
  now: () => number,
) => Replica | Promise<Replica>;

/**
 * Compares a replica's rows with the server's.
 *
 * @param when Which extra rows are allowed. After any run: rows of a share that
 * has just been resumed. After two quiet runs: only unreachable rows. After a
 * full sync: none.
 */
export async function assertHolds(
  replica: Replica,
  snapshot: Snapshot,
  { userId, when }: {
    userId: string;
    when: "after a run" | "after two quiet runs" | "after a full sync";
  },
): Promise<void> {
  let rows = await replica.read();
  const expected = replica.expects?.(snapshot) ?? snapshot;
  if (when !== "after a full sync") rows = reachable(rows, userId);
  if (when === "after a run") rows = withoutFormer(rows, expected, userId);
  assertSameRows(rows, expected);
  await replica.check?.();
}

/** Creates an in-memory copy, which either sweeps or is wiped. */
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

/** Both kinds of in-memory copies. */
export const IN_MEMORY: Readonly<Record<string, ReplicaFactory>> = {
  "a copy that is wiped": inMemory({ sweeps: false }),
  "a copy that sweeps": inMemory({ sweeps: true }),
};
