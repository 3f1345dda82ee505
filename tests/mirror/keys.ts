/** The keys of a mirror's rows. */

type Row = Record<string, unknown>;

/** Key columns of the tables whose key is not `id`. */
const KEYS: Record<string, string[]> = {
  user_metadata: ["user_id", "key"],
  partners: ["shared_by_id", "shared_with_id"],
  exif: ["asset_id"],
  asset_metadata: ["asset_id", "key"],
  album_users: ["album_id", "user_id"],
  album_assets: ["album_id", "asset_id"],
  memory_assets: ["memory_id", "asset_id"],
};

/** Returns the key of a row. */
export function keyOf(table: string, row: Row): string {
  return (KEYS[table] ?? ["id"]).map((column) => row[column]).join("/");
}
