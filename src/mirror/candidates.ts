/**
 * Candidates: rows that may have to be removed when the sync ends.
 *
 * The server sends no delete for a row that it merely stops showing, such as an
 * asset of a lost album. Whether something else shows the row is known only when
 * the sync ends. {@linkcode ./implied_removals.ts} then decides.
 *
 * A candidate has the number of the batch that made it a candidate, and a kind:
 *
 * - `asset`: an asset that left an album;
 * - `owner`: a user whose share ended or began;
 * - `orphan`: an asset that arrived through an album, before what makes it visible;
 * - `lost`: not a row, but a sign that an album was lost through which orphans may
 *   have been visible;
 * - `gone`: an asset that is about to be removed; used only while the sync ends.
 *
 * @module
 */
import { IS_SHOWN } from "./shown.ts";

/** The number of the batch that is being stored. */
export const THIS_BATCH = "(SELECT batch_number FROM {mirror_state})";

const ADD = "INSERT OR REPLACE INTO {mirror_candidates}";

/** Returns an SQL condition: the asset is not known to belong to the mirror's user. */
const isNotMine = (id: string) =>
  `NOT EXISTS (SELECT 1 FROM {assets} WHERE id = ${id} AND owner_id = {me})`;

/** Makes the owners of ended shares candidates: {rows} are (sharer, recipient). */
export const NOTE_ENDED_SHARE: string = `${ADD}
  SELECT 'owner', column1, ${THIS_BATCH} FROM {rows} WHERE column1 <> {me}`;

/** Makes assets that left an album candidates: {rows} are (album, asset). */
export const NOTE_LEFT_ALBUM: string = `${ADD}
  SELECT 'asset', column2, ${THIS_BATCH} FROM {rows}
  WHERE ${isNotMine("column2")}`;

/** Makes the assets of lost albums candidates: {rows} are (album). */
export const NOTE_LOST_ALBUM: readonly string[] = [
  `${ADD} SELECT 'asset', asset_id, ${THIS_BATCH} FROM {album_assets}
    WHERE album_id IN {rows} AND ${isNotMine("asset_id")}`,
  // If the album's contents have not arrived, nothing lists the assets that the
  // album showed.
  `${ADD} VALUES ('lost', '', ${THIS_BATCH})`,
];

/**
 * Makes assets that arrived through an album candidates, until something makes them
 * visible: {rows} are (asset).
 */
export const NOTE_ORPHANS: string = `INSERT OR IGNORE INTO {mirror_candidates}
    SELECT 'orphan', id, ${THIS_BATCH} FROM {assets}
    WHERE id IN {rows} AND NOT ${IS_SHOWN}`;

/**
 * Makes the owners of new shares candidates: {rows} are (sharer). The server sends
 * all rows of a new share, so the owner's earlier rows, from a previous share or an
 * album, may have been deleted if they are not sent again.
 */
export const NOTE_NEW_SHARE: string = `${ADD}
  SELECT 'owner', column1, ${THIS_BATCH} FROM {rows}
  WHERE column1 NOT IN (
      SELECT shared_by_id FROM {partners} WHERE shared_with_id = {me})
    AND column1 NOT IN (SELECT user_id FROM {mirror_sharers})
    AND EXISTS (
      SELECT 1 FROM {assets} WHERE owner_id <> {me} AND owner_id = column1)`;

/**
 * Records users whose rows arrive as a partner's rows, because the share itself may
 * arrive later: {rows} are (sharer).
 */
export const NOTE_SHARER: string = `INSERT INTO {mirror_sharers}
    SELECT column1, ${THIS_BATCH} FROM {rows} WHERE true
  ON CONFLICT DO UPDATE SET batch_number = excluded.batch_number`;

/** SQL condition: the asset itself is a candidate. */
export const IS_CANDIDATE: string =
  "EXISTS (SELECT 1 FROM {mirror_candidates} " +
  "WHERE kind IN ('asset', 'orphan') AND id = {assets}.id)";

/** SQL condition: the row's owner is a candidate. */
export const HAS_CANDIDATE_OWNER =
  "owner_id IN (SELECT id FROM {mirror_candidates} WHERE kind = 'owner')";

/** A query for the ids of all candidates. */
export const CANDIDATE_IDS =
  "SELECT id FROM {mirror_candidates} WHERE id <> ''";

/** A query that returns a row if there are any candidates. */
export const HAS_CANDIDATES = "SELECT 1 FROM {mirror_candidates} LIMIT 1";
