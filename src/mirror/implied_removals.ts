/**
 * Decides, when a sync ends, which candidates are removed.
 *
 * A delete implies removals if nothing else shows the rows. A new share implies
 * removals because the server did not send this user the deletes that the owner made
 * before the share.
 *
 * @module
 */
import type { SqlStatement } from "./database.ts";
import { ASSET_DETAIL_TABLES } from "./removals.ts";
import type { MirrorTable } from "./rows.ts";
import { IN_ALBUM, IS_SHOWN } from "./shown.ts";

/** The last batch of the previous sync; later batches belong to the sync that is ending. */
const LAST_SYNC = "(SELECT last_sync_batch FROM {mirror_state})";

/**
 * Returns the SQL condition for rows that arrived before they became candidates
 * and before this sync. A row that arrived in this sync stays, because the
 * share or the album that makes it visible may arrive later.
 */
function isOld(table: MirrorTable, candidates: string): string {
  return `{${table}}.batch_number < ${candidates}.since
    AND {${table}}.batch_number <= ${LAST_SYNC}`;
}

/**
 * Combines {@linkcode isOld} for an asset and for its EXIF data. If new EXIF data
 * arrives, the server still shows the asset.
 */
function isOldAsset(candidates: string): string {
  return `${isOld("assets", candidates)} AND NOT EXISTS (
    SELECT 1 FROM {exif} WHERE asset_id = {assets}.id
      AND NOT (${isOld("exif", candidates)}))`;
}

/**
 * Returns the statements that remove rows if a delete or a new share implies
 * their removal. If the server still shows a row, it has sent the row again
 * since the delete or the new share.
 *
 * @param hasShares Whether the syncs requested everything that is shared by
 * partners.
 */
export function removeImplied(hasShares: boolean): SqlStatement[] {
  const isNotShown =
    `EXISTS (SELECT 1 FROM {assets} WHERE id = {mirror_candidates}.id AND NOT ${IS_SHOWN})`;
  const isOfOwner = (table: MirrorTable) =>
    `{${table}}.owner_id <> {me} AND {${table}}.owner_id = owners.id`;
  const isDecided = `kind = 'owner' AND ${isOwnerDecided(hasShares)}`;
  const removed = "SELECT id FROM {mirror_candidates} WHERE kind = 'gone'";
  const statements = [
    // These assets arrived early; what makes them visible has arrived since then.
    `DELETE FROM {mirror_candidates} WHERE kind = 'orphan' AND NOT ${isNotShown}`,
    // The orphans may have been visible only through a lost album.
    `INSERT OR IGNORE INTO {mirror_candidates}
      SELECT 'asset', orphans.id, lost.since
      FROM {mirror_candidates} AS lost, {mirror_candidates} AS orphans
      WHERE lost.kind = 'lost' AND orphans.kind = 'orphan'`,
    `DELETE FROM {mirror_candidates} WHERE kind = 'asset' AND NOT ${isNotShown}`,
    `INSERT INTO {mirror_candidates}
      SELECT 'gone', {assets}.id, since FROM {mirror_candidates} AS candidates
      JOIN {assets} ON {assets}.id = candidates.id
      WHERE kind = 'asset' AND ${isOldAsset("candidates")}`,
    `INSERT OR IGNORE INTO {mirror_candidates}
      SELECT 'gone', {assets}.id, since FROM {mirror_candidates} AS owners
      JOIN {assets} ON ${isOfOwner("assets")}
      WHERE ${isDecided} AND NOT ${IN_ALBUM} AND ${isOldAsset("owners")}`,
    `DELETE FROM {stacks} WHERE id IN (
      SELECT {stacks}.id FROM {mirror_candidates} AS owners
      JOIN {stacks} ON ${isOfOwner("stacks")}
      WHERE ${isDecided} AND ${isOld("stacks", "owners")})`,
    // Since 3.3, servers may still show the faces, through the user's cluster
    // group.
    ...ASSET_DETAIL_TABLES.filter((table) => table !== "faces").map((table) =>
      `DELETE FROM {${table}} WHERE asset_id IN (${removed})`
    ),
    `DELETE FROM {assets} WHERE id IN (${removed})`,
    `DELETE FROM {mirror_candidates} AS owners WHERE ${isDecided}
      AND NOT EXISTS (SELECT 1 FROM {assets} WHERE ${isOfOwner("assets")}
        AND {assets}.batch_number < owners.since AND NOT ${IN_ALBUM})
      AND NOT EXISTS (SELECT 1 FROM {stacks} WHERE ${isOfOwner("stacks")}
        AND {stacks}.batch_number < owners.since)`,
    `DELETE FROM {mirror_candidates} WHERE kind <> 'owner' AND NOT EXISTS (
      SELECT 1 FROM {assets} WHERE id = {mirror_candidates}.id)`,
    // An asset that arrived again is an orphan or visible, so it is no longer a
    // candidate.
    `DELETE FROM {mirror_candidates} WHERE kind = 'asset' AND EXISTS (
      SELECT 1 FROM {assets} WHERE id = {mirror_candidates}.id
        AND {assets}.batch_number >= {mirror_candidates}.since)`,
  ];
  return statements.map((sql) => ({ sql, params: [] }));
}

/**
 * Returns the SQL condition for owners whose remaining rows are known. If the
 * share has ended, no rows remain. If there is a new share, the rows that
 * arrived with it or in the next sync remain, because a stream omits rows that
 * change while it is being sent.
 */
function isOwnerDecided(hasShares: boolean): string {
  const share = `SELECT 1 FROM {partners}
    WHERE shared_by_id = owners.id AND shared_with_id = {me}`;
  const hasEnded = `NOT EXISTS (${share})
    AND owners.id NOT IN (SELECT user_id FROM {mirror_sharers})`;
  if (!hasShares) return `(${hasEnded})`;
  return `(EXISTS (${share} AND batch_number <= ${LAST_SYNC}) OR (${hasEnded}))`;
}
