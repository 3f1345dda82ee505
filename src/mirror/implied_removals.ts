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

/** SQL condition: the row is an asset or a stack of a candidate owner. */
function isOfOwner(table: MirrorTable): string {
  return `{${table}}.owner_id <> {me} AND {${table}}.owner_id = owners.id`;
}

/** Makes all orphans candidates: they may have been visible only through a lost album. */
const SUSPECT_ORPHANS = `INSERT OR IGNORE INTO {mirror_candidates}
  SELECT 'asset', orphans.id, lost.since
  FROM {mirror_candidates} AS lost, {mirror_candidates} AS orphans
  WHERE lost.kind = 'lost' AND orphans.kind = 'orphan'`;

/** Drops assets that something shows, and assets that no longer exist. */
const DROP_SHOWN =
  `DELETE FROM {mirror_candidates} WHERE kind IN ('asset', 'orphan') AND NOT EXISTS (
  SELECT 1 FROM {assets}
  WHERE id = {mirror_candidates}.id AND NOT ${IS_SHOWN})`;

/** Marks the candidates that are removed. */
const MARK_ASSETS = `INSERT INTO {mirror_candidates}
  SELECT 'gone', {assets}.id, since FROM {mirror_candidates} AS candidates
  JOIN {assets} ON {assets}.id = candidates.id
  WHERE kind = 'asset' AND ${isOldAsset("candidates")}`;

/** Marks the assets of candidate owners that are removed. */
function markAssetsOf(owners: string): string {
  return `INSERT OR IGNORE INTO {mirror_candidates}
    SELECT 'gone', {assets}.id, since FROM {mirror_candidates} AS owners
    JOIN {assets} ON ${isOfOwner("assets")}
    WHERE ${owners} AND NOT ${IN_ALBUM} AND ${isOldAsset("owners")}`;
}

/** Removes the stacks of candidate owners. */
function removeStacksOf(owners: string): string {
  return `DELETE FROM {stacks} WHERE id IN (
    SELECT {stacks}.id FROM {mirror_candidates} AS owners
    JOIN {stacks} ON ${isOfOwner("stacks")}
    WHERE ${owners} AND ${isOld("stacks", "owners")})`;
}

const MARKED = "SELECT id FROM {mirror_candidates} WHERE kind = 'gone'";

/** Removes the marked assets with their details. */
const REMOVE_MARKED: readonly string[] = [
  // Since 3.3, servers may still show the faces, through the user's cluster
  // group.
  ...ASSET_DETAIL_TABLES.filter((table) => table !== "faces").map((table) =>
    `DELETE FROM {${table}} WHERE asset_id IN (${MARKED})`
  ),
  `DELETE FROM {assets} WHERE id IN (${MARKED})`,
];

/** Drops the owners who have no more rows to remove. */
function dropOwners(owners: string): string {
  return `DELETE FROM {mirror_candidates} AS owners WHERE ${owners}
    AND NOT EXISTS (SELECT 1 FROM {assets} WHERE ${isOfOwner("assets")}
      AND {assets}.batch_number < owners.since AND NOT ${IN_ALBUM})
    AND NOT EXISTS (SELECT 1 FROM {stacks} WHERE ${isOfOwner("stacks")}
      AND {stacks}.batch_number < owners.since)`;
}

/**
 * Drops what is decided: marks, lost albums, and assets that were removed or have
 * arrived again. An asset that has arrived again is an orphan or visible now.
 */
const DROP_DECIDED = `DELETE FROM {mirror_candidates}
  WHERE kind <> 'owner' AND NOT EXISTS (
    SELECT 1 FROM {assets} WHERE id = {mirror_candidates}.id
      AND (kind = 'orphan' OR batch_number < {mirror_candidates}.since))`;

/**
 * Returns the statements that remove rows if a delete or a new share implies
 * their removal. If the server still shows a row, it has sent the row again
 * since the delete or the new share.
 *
 * @param hasShares Whether the syncs requested everything that is shared by
 * partners.
 */
export function removeImplied(hasShares: boolean): SqlStatement[] {
  const owners = `kind = 'owner' AND ${isOwnerDecided(hasShares)}`;
  const statements = [
    SUSPECT_ORPHANS,
    DROP_SHOWN,
    MARK_ASSETS,
    markAssetsOf(owners),
    removeStacksOf(owners),
    ...REMOVE_MARKED,
    dropOwners(owners),
    DROP_DECIDED,
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
