/**
 * Removes what a full sync did not include.
 *
 * A row is removed for only three reasons:
 *
 * 1. the server sent a delete for it ({@linkcode ./removals.ts});
 * 2. a delete or a new share implies its removal, and nothing else shows the
 *    row ({@linkcode ./implied_removals.ts});
 * 3. a full sync did not include the row.
 *
 * A missing parent is not a reason, because the parent may arrive with the next
 * stream. A full sync therefore sweeps row by row, and the details of an asset are
 * removed together with the asset only for reasons 1 and 2.
 *
 * @module
 */
import type { SqlStatement } from "./database.ts";
import type { MirrorTable } from "./rows.ts";
import { TABLE_NAMES } from "./tables.ts";

/**
 * Returns the statements that remove the rows that a full sync did not include.
 *
 * @param tables The tables that the sync fetched completely.
 * @param fromBatch The number of the first batch of the sync.
 */
export function sweepTables(
  tables: readonly MirrorTable[],
  fromBatch: number,
): SqlStatement[] {
  const swept: string[] = [...tables];
  if (tables.includes("assets")) swept.push("mirror_sharers");
  return swept.map((table) => ({
    sql: `DELETE FROM {${table}} WHERE batch_number < ?`,
    params: [fromBatch],
  }));
}

/** Returns the statements that empty the mirror. */
export function removeAll(): SqlStatement[] {
  const tables = [
    ...TABLE_NAMES,
    "mirror_events",
    "mirror_candidates",
    "mirror_sharers",
  ];
  return tables.map((table) => ({
    sql: `DELETE FROM {${table}}`,
    params: [],
  }));
}
