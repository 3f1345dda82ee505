/**
 * Groups entity types by the rows that they carry.
 *
 * @module
 */

/**
 * Returns an entity type without its version, prefix and suffix, which say only
 * how its rows are reached: `PartnerAssetBackfillV2` and `AssetV2` become
 * `Asset`.
 */
export function entityOf(type: string): string {
  return type.replace(/(Backfill|Create|Update)?V\d+$/, "")
    .replace(/^(Partner|Album)(?=Asset|Stack)/, "");
}
