/**
 * What goes when a sync ends, and why. A row is removed for three reasons only:
 *
 * 1. the server sent a delete for it ({@linkcode ./removals.ts});
 * 2. a delete implies it, and nothing else shows the row;
 * 3. a full sync did not bring it.
 *
 * A missing parent is no reason: it may come with the next stream. So a full sync
 * removes row by row, and what belongs to an asset goes only with an asset that
 * is removed for reason 1 or 2.
 *
 * @module
 */
import type { SqlStatement } from "./database.ts";
import { OF_ASSET } from "./removals.ts";
import type { MirrorTable } from "./rows.ts";

const ME = "(SELECT user_id FROM mirror_state)";

/** Whether the owner of a row is the mirror's user or shares everything with them. */
export const SHARED: string = `(owner_id = ${ME}
  OR owner_id IN (SELECT shared_by_id FROM partners WHERE shared_with_id = ${ME})
  OR owner_id IN (SELECT user_id FROM mirror_sharers))`;

/** Whether anything that is known shows an asset. */
export const SHOWN: string = `(${SHARED}
  OR EXISTS (SELECT 1 FROM album_assets WHERE asset_id = assets.id))`;

const CANDIDATE_OWNERS =
  "SELECT id FROM mirror_candidates WHERE kind = 'owner'";

/**
 * The candidates that go. An asset that came with this sync stays for now: what
 * shows it may still come. So does one whose EXIF data came, as that tells that
 * the server still shows it.
 */
const GONE = `SELECT assets.id FROM mirror_candidates AS candidates
  JOIN assets ON assets.id = candidates.id
  LEFT JOIN exif ON exif.asset_id = assets.id
  WHERE kind = 'asset' AND assets.sync_number < ?
    AND coalesce(exif.sync_number, 0) < ?`;

/** Asks whether there is anything to decide on. */
export const HAS_CANDIDATES = "SELECT 1 FROM mirror_candidates LIMIT 1";

/**
 * Removes what deletes have only implied.
 *
 * @param me The mirror's user, as SQL.
 * @param sync Number of the sync that ends.
 */
export function removeImplied(me: string, sync: number): SqlStatement[] {
  const others = `owner_id <> ${me} AND owner_id IN (${CANDIDATE_OWNERS})`;
  const isNotShown =
    `EXISTS (SELECT 1 FROM assets WHERE id = mirror_candidates.id AND NOT ${SHOWN})`;
  const statements: [sql: string, ...params: number[]][] = [
    // Partners who share again.
    [`DELETE FROM mirror_candidates WHERE kind = 'owner' AND (
      id IN (SELECT shared_by_id FROM partners WHERE shared_with_id = ${ME})
      OR id IN (SELECT user_id FROM mirror_sharers))`],
    // Assets that came before what shows them.
    [`DELETE FROM mirror_candidates WHERE kind = 'orphan' AND NOT ${isNotShown}`],
    // A lost album may have shown those that are left.
    [`INSERT OR IGNORE INTO mirror_candidates
      SELECT 'asset', id FROM mirror_candidates WHERE kind = 'orphan'
        AND EXISTS (SELECT 1 FROM mirror_candidates WHERE kind = 'lost')`],
    [`INSERT OR IGNORE INTO mirror_candidates
      SELECT 'asset', id FROM assets WHERE ${others}`],
    [`DELETE FROM stacks WHERE ${others} AND sync_number < ?`, sync],
    [`DELETE FROM mirror_candidates WHERE kind = 'owner' AND NOT EXISTS (
      SELECT 1 FROM stacks
      WHERE owner_id <> ${me} AND owner_id = mirror_candidates.id)`],
    [`DELETE FROM mirror_candidates WHERE kind = 'asset' AND NOT ${isNotShown}`],
    ...OF_ASSET.map((table): [string, number, number] => [
      `DELETE FROM ${table} WHERE asset_id IN (${GONE})`,
      sync,
      sync,
    ]),
    [`DELETE FROM assets WHERE id IN (${GONE})`, sync, sync],
    [`DELETE FROM mirror_candidates WHERE kind <> 'owner' AND NOT EXISTS (
      SELECT 1 FROM assets WHERE id = mirror_candidates.id)`],
  ];
  return statements.map(([sql, ...params]) => ({ sql, params }));
}

/**
 * Removes what a full sync did not bring, each row by itself.
 *
 * @param tables The tables of which it brought every row.
 * @param fullSync Number of the full sync.
 */
export function removeUnbrought(
  tables: readonly MirrorTable[],
  fullSync: number,
): SqlStatement[] {
  const swept: string[] = [...tables];
  if (tables.includes("assets")) swept.push("mirror_sharers");
  return swept.map((table) => ({
    sql: `DELETE FROM ${table} WHERE sync_number < ?`,
    params: [fullSync],
  }));
}
