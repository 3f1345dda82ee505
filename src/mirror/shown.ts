/**
 * Which assets and stacks the mirror's user can see.
 *
 * @module
 */

/** SQL condition: the owner of the row is the mirror's user or one of their partners. */
export const IS_SHARED: string = `(owner_id = {me}
  OR owner_id IN (SELECT shared_by_id FROM {partners} WHERE shared_with_id = {me})
  OR owner_id IN (SELECT user_id FROM {mirror_sharers}))`;

/** SQL condition: the asset is in an album. */
export const IN_ALBUM: string =
  "EXISTS (SELECT 1 FROM {album_assets} WHERE asset_id = {assets}.id)";

/** SQL condition: the asset is in the user's own library, a partner share or an album. */
export const IS_SHOWN: string = `(${IS_SHARED}
  OR ${IN_ALBUM})`;
