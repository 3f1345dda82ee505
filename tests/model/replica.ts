/** Copies of a library that can be compared with the server. */
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
  /** Called when a run has resolved. */
  complete?(): void;
  /** Reopens the copy from what is stored. */
  restart(): void | Promise<void>;
  /** The stored rows. */
  read(): Snapshot | Promise<Snapshot>;
  /** The server's rows in the form in which the copy stores them. */
  expects?(snapshot: Snapshot): Snapshot;
  /** Finds other inconsistencies while nothing changes on the server. */
  check?(): void | Promise<void>;
}

/** Creates a replica for a user; `now` is the clock of the world. */
export type ReplicaFactory = (
  userId: string,
  now: () => number,
) => Replica | Promise<Replica>;

/**
 * Compares the rows of a replica with those of the server.
 *
 * @param when After any run, rows of a share that has just begun again may be left.
 * After two quiet runs, no left-over row is reachable. After a full sync, there are
 * no other rows.
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

/** Keeps a copy in memory that is swept, or wiped. */
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

/** Both kinds of copies in memory. */
export const IN_MEMORY: Readonly<Record<string, ReplicaFactory>> = {
  "a copy that is wiped": inMemory({ sweeps: false }),
  "a copy that sweeps": inMemory({ sweeps: true }),
};
