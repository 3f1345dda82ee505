/**
 * What goes when a sync ends, and why. A row is removed for three reasons only:
 *
 * 1. the server sent a delete for it ({@linkcode ./removals.ts});
 * 2. a delete implies it, and nothing else shows the row: also a delete that a
 *    partner did not send, as they shared nothing then, once they share again;
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

const IN_ALBUM =
  "EXISTS (SELECT 1 FROM album_assets WHERE asset_id = assets.id)";

/** Whether anything that is known shows an asset. */
export const SHOWN: string = `(${SHARED}
  OR ${IN_ALBUM})`;

/** The last batch of the sync before: later ones came with the sync that ends. */
const LAST_SYNC = "(SELECT last_sync_batch FROM mirror_state)";

/**
 * Whether a row came neither since it was put in question nor with this sync: what
 * shows it may still come.
 */
function isOld(table: MirrorTable, candidates: string): string {
  return `${table}.batch_number < ${candidates}.since
    AND ${table}.batch_number <= ${LAST_SYNC}`;
}

/** EXIF data that comes tells that the server still shows its asset. */
function isOldAsset(candidates: string): string {
  return `${isOld("assets", candidates)} AND NOT EXISTS (
    SELECT 1 FROM exif WHERE asset_id = assets.id
      AND NOT (${isOld("exif", candidates)}))`;
}

/** Asks whether there is anything to decide on. */
export const HAS_CANDIDATES = "SELECT 1 FROM mirror_candidates LIMIT 1";

/**
 * Removes what deletes have only implied, and what a share that began did not
 * bring: a row that is still shown has come since then.
 *
 * @param me The mirror's user, as SQL.
 * @param knowsShares Whether everything that a share brings has been asked for.
 */
export function removeImplied(
  me: string,
  knowsShares: boolean,
): SqlStatement[] {
  const isNotShown =
    `EXISTS (SELECT 1 FROM assets WHERE id = mirror_candidates.id AND NOT ${SHOWN})`;
  const isOfOwner = (table: MirrorTable) =>
    `${table}.owner_id <> ${me} AND ${table}.owner_id = owners.id`;
  const isDecided = `kind = 'owner' AND ${isOwnerDecided(knowsShares)}`;
  const gone = "SELECT id FROM mirror_candidates WHERE kind = 'gone'";
  const statements = [
    // Assets that came before what shows them.
    `DELETE FROM mirror_candidates WHERE kind = 'orphan' AND NOT ${isNotShown}`,
    // A lost album may have shown those that had come.
    `INSERT OR IGNORE INTO mirror_candidates
      SELECT 'asset', orphans.id, lost.since
      FROM mirror_candidates AS lost, mirror_candidates AS orphans
      WHERE lost.kind = 'lost' AND orphans.kind = 'orphan'`,
    `DELETE FROM mirror_candidates WHERE kind = 'asset' AND NOT ${isNotShown}`,
    `INSERT INTO mirror_candidates
      SELECT 'gone', assets.id, since FROM mirror_candidates AS candidates
      JOIN assets ON assets.id = candidates.id
      WHERE kind = 'asset' AND ${isOldAsset("candidates")}`,
    `INSERT OR IGNORE INTO mirror_candidates
      SELECT 'gone', assets.id, since FROM mirror_candidates AS owners
      JOIN assets ON ${isOfOwner("assets")}
      WHERE ${isDecided} AND NOT ${IN_ALBUM} AND ${isOldAsset("owners")}`,
    `DELETE FROM stacks WHERE id IN (
      SELECT stacks.id FROM mirror_candidates AS owners
      JOIN stacks ON ${isOfOwner("stacks")}
      WHERE ${isDecided} AND ${isOld("stacks", "owners")})`,
    ...OF_ASSET.map((table) =>
      `DELETE FROM ${table} WHERE asset_id IN (${gone})`
    ),
    `DELETE FROM assets WHERE id IN (${gone})`,
    `DELETE FROM mirror_candidates AS owners WHERE ${isDecided}
      AND NOT EXISTS (SELECT 1 FROM assets WHERE ${isOfOwner("assets")}
        AND assets.batch_number < owners.since AND NOT ${IN_ALBUM})
      AND NOT EXISTS (SELECT 1 FROM stacks WHERE ${isOfOwner("stacks")}
        AND stacks.batch_number < owners.since)`,
    `DELETE FROM mirror_candidates WHERE kind <> 'owner' AND NOT EXISTS (
      SELECT 1 FROM assets WHERE id = mirror_candidates.id)`,
    // What came since then needs no decision: it is an orphan, or shown.
    `DELETE FROM mirror_candidates WHERE kind = 'asset' AND EXISTS (
      SELECT 1 FROM assets WHERE id = mirror_candidates.id
        AND assets.batch_number >= mirror_candidates.since)`,
  ];
  return statements.map((sql) => ({ sql, params: [] }));
}

/**
 * Whether it is known which rows of an owner are left: none if nothing is shared
 * any more. Of a share, those that came with it or in the next sync, as a stream
 * leaves out what changes while it is sent.
 */
function isOwnerDecided(knowsShares: boolean): string {
  const share = `SELECT 1 FROM partners
    WHERE shared_by_id = owners.id AND shared_with_id = ${ME}`;
  const isOver = `NOT EXISTS (${share})
    AND owners.id NOT IN (SELECT user_id FROM mirror_sharers)`;
  if (!knowsShares) return `(${isOver})`;
  return `(EXISTS (${share} AND batch_number <= ${LAST_SYNC}) OR (${isOver}))`;
}

/**
 * Removes what a full sync did not bring, each row by itself.
 *
 * @param tables The tables of which it brought every row.
 * @param fromBatch Number of its first batch.
 */
export function removeUnbrought(
  tables: readonly MirrorTable[],
  fromBatch: number,
): SqlStatement[] {
  const swept: string[] = [...tables];
  if (tables.includes("assets")) swept.push("mirror_sharers");
  return swept.map((table) => ({
    sql: `DELETE FROM ${table} WHERE batch_number < ?`,
    params: [fromBatch],
  }));
}
