/**
 * Takes the names of request types and entity types apart.
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

/**
 * Removes the version from a request type, because `AssetsV2` and `AssetsV1` select
 * the same rows.
 */
export function familyOf(type: string): string {
  return type.replace(/V\d+$/, "");
}
