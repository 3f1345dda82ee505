/**
 * Groups entity types by the rows that they carry.
 *
 * @module
 */

/**
 * Removes the version, prefix and suffix from an entity type:
 * `PartnerAssetBackfillV2` and `AssetV2` both become `Asset`.
 */
export function entityOf(type: string): string {
  return type.replace(/(Backfill|Create|Update)?V\d+$/, "")
    .replace(/^(Partner|Album)(?=Asset|Stack)/, "");
}
