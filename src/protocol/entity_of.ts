/**
 * Groups entity types by the rows that they carry.
 *
 * @module
 */

/**
 * Returns an entity type without the prefix, suffix and version that tell apart how
 * its rows are reached: `PartnerAssetBackfillV2` and `AssetV2` become `Asset`.
 */
export function entityOf(type: string): string {
  return type.replace(/(Backfill|Create|Update)?V\d+$/, "")
    .replace(/^(Partner|Album)(?=Asset|Stack)/, "");
}
