/** Compares a copy with the server, and reports each row that differs. */
import { AssertionError, equal } from "@std/assert";
import type { Snapshot, SnapshotTable } from "../../src/testing/mod.ts";

type Row = Record<string, unknown>;

/** Column → the table that it refers to. */
const PARENTS: Record<string, SnapshotTable> = {
  albumId: "albums",
  memoryId: "memories",
};

/** Tables whose rows are deleted along with their asset. */
export const OF_ASSET: SnapshotTable[] = [
  "exifs",
  "edits",
  "assetMetadata",
  "ocr",
  "faces",
];

/**
 * Returns the rows seen by a reader: omits rows whose parent is missing, and
 * assets and stacks that are not shown anywhere. While a library changes, a
 * copy may contain such rows until a row that shows them arrives.
 */
export function reachable(rows: Snapshot, userId: string): Snapshot {
  const kept = Object.fromEntries(
    Object.entries(rows).map(([name, rows]) => [name, new Map(rows)]),
  ) as Snapshot;
  const keep = (table: SnapshotTable, holds: (row: Row) => boolean) => {
    for (const [key, row] of kept[table]) {
      if (!holds(row as Row)) kept[table].delete(key);
    }
  };
  for (const table of ["albumUsers", "albumAssets", "memoryAssets"] as const) {
    keep(
      table,
      (row) =>
        Object.entries(PARENTS).every(([column, parent]) =>
          !(column in row) || kept[parent].has(String(row[column]))
        ),
    );
  }
  const owners = new Set<unknown>([userId]);
  for (const row of kept.partners.values() as Iterable<Row>) {
    if (row.sharedWithId === userId) owners.add(row.sharedById);
  }
  const inAlbums = new Set<unknown>();
  for (const row of kept.albumAssets.values() as Iterable<Row>) {
    inAlbums.add(row.assetId);
  }
  keep("assets", ({ id, ownerId }) => owners.has(ownerId) || inAlbums.has(id));
  keep("stacks", ({ ownerId }) => owners.has(ownerId));
  for (const table of OF_ASSET) {
    keep(table, ({ assetId }) => kept.assets.has(String(assetId)));
  }
  return kept;
}

/**
 * Returns the rows, excluding other users' assets and stacks that are no longer
 * on the server. After a share is resumed, a copy deletes such rows one sync
 * later.
 */
export function withoutFormer(
  rows: Snapshot,
  expected: Snapshot,
  userId: string,
): Snapshot {
  const kept: Snapshot = { ...rows };
  const isFormer = (table: "assets" | "stacks", id: unknown) => {
    const row = rows[table].get(String(id)) as Row | undefined;
    return row !== undefined && row.ownerId !== userId &&
      !expected[table].has(String(id));
  };
  const leaveOut = (table: SnapshotTable, goes: (row: Row) => boolean) => {
    const left = [...rows[table]].filter(([, row]) => !goes(row as Row));
    kept[table] = new Map(left) as never;
  };
  leaveOut("assets", ({ id }) => isFormer("assets", id));
  leaveOut("stacks", ({ id }) => isFormer("stacks", id));
  for (const table of OF_ASSET) {
    leaveOut(table, ({ assetId }) => isFormer("assets", assetId));
  }
  return kept;
}

/** Throws an error with a line for each row that is missing, extra or different. */
export function assertSameRows(actual: Snapshot, expected: Snapshot): void {
  const lines: string[] = [];
  for (const table of Object.keys(expected) as SnapshotTable[]) {
    for (const [key, row] of expected[table]) {
      const own = actual[table].get(key);
      if (own === undefined) lines.push(`${table}: ${key} is missing`);
      else if (!equal(own, row)) {
        const [is, not] = [own, row].map((row) => JSON.stringify(row));
        lines.push(`${table}: ${key} is ${is}, not ${not}`);
      }
    }
    for (const key of actual[table].keys()) {
      if (!expected[table].has(key)) {
        lines.push(`${table}: ${key} is left over`);
      }
    }
  }
  if (lines.length > 0) throw new AssertionError(lines.join("\n"));
}
