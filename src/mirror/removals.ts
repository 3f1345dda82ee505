/**
 * What each delete of the stream takes out of the tables, at once.
 *
 * A delete may imply more: the assets of a lost album go unless something else
 * shows them. That is known when the sync ends, so such rows become candidates
 * for removal, which {@linkcode ./sweep.ts} decides on.
 *
 * @module
 */
import type { SyncEventData } from "../protocol/mod.ts";
import type { MirrorTable } from "./rows.ts";

type DeleteType = Extract<keyof SyncEventData, `${string}Delete${string}`>;

/** Statements about the rows that a delete names. */
export interface Removal {
  /** Fields of the delete, which `{rows}` has as `column1`, `column2`. */
  fields: readonly string[];
  /**
   * SQL in which `{rows}` stands for the rows, at most once, and `{me}` for the
   * mirror's user. A statement without `{rows}` is carried out once.
   */
  statements: readonly string[];
}

/** What belongs to an asset and goes with it. */
export const OF_ASSET: readonly MirrorTable[] = [
  "exif",
  "asset_edits",
  "asset_metadata",
  "asset_ocr",
  "faces",
];

/** What belongs to an asset, or names it. */
const WITH_ASSET: readonly MirrorTable[] = [
  ...OF_ASSET,
  "album_assets",
  "memory_assets",
];

/**
 * Assets of others are found by an index that leaves out the user's own ones,
 * which SQLite uses only where a query leaves them out in the same words.
 */
const OF_OTHERS = "owner_id <> {me} AND owner_id IN {rows}";

/** The number of the batch that is being written. */
export const THIS_BATCH = "(SELECT batch_number FROM mirror_state)";

function remove(table: MirrorTable, column: string, field: string): Removal {
  const statements = [`DELETE FROM ${table} WHERE ${column} IN {rows}`];
  return { fields: [field], statements };
}

function removePair(
  table: MirrorTable,
  columns: string,
  ...fields: string[]
): Removal {
  return {
    fields,
    statements: [`DELETE FROM ${table} WHERE (${columns}) IN {rows}`],
  };
}

const REMOVE_ASSET: Removal = {
  fields: ["assetId"],
  statements: [
    ...WITH_ASSET.map((table) =>
      `DELETE FROM ${table} WHERE asset_id IN {rows}`
    ),
    "DELETE FROM assets WHERE id IN {rows}",
  ],
};

/** Delete type → what it takes out. */
export const REMOVALS: { readonly [D in DeleteType]: Removal } = {
  UserDeleteV1: {
    fields: ["userId"],
    // The server sends no delete for what it deletes along with a user.
    statements: [
      ...WITH_ASSET.map((table) =>
        `DELETE FROM ${table} WHERE asset_id IN ` +
        `(SELECT id FROM assets WHERE ${OF_OTHERS})`
      ),
      `DELETE FROM assets WHERE ${OF_OTHERS}`,
      `DELETE FROM stacks WHERE ${OF_OTHERS}`,
      "DELETE FROM album_users WHERE user_id IN {rows}",
      "DELETE FROM partners WHERE shared_by_id IN {rows}",
      "DELETE FROM partners WHERE shared_with_id IN {rows}",
      "DELETE FROM mirror_sharers WHERE user_id IN {rows}",
      "DELETE FROM users WHERE id IN {rows}",
    ],
  },
  PartnerDeleteV1: {
    fields: ["sharedById", "sharedWithId"],
    statements: [
      "INSERT OR REPLACE INTO mirror_candidates " +
      `SELECT 'owner', column1, ${THIS_BATCH} FROM {rows} WHERE column1 <> {me}`,
      "DELETE FROM mirror_sharers WHERE user_id IN (SELECT column1 FROM {rows})",
      "DELETE FROM partners WHERE (shared_by_id, shared_with_id) IN {rows}",
    ],
  },
  AssetDeleteV1: REMOVE_ASSET,
  PartnerAssetDeleteV1: REMOVE_ASSET,
  StackDeleteV1: remove("stacks", "id", "stackId"),
  PartnerStackDeleteV1: remove("stacks", "id", "stackId"),
  AlbumDeleteV1: {
    fields: ["albumId"],
    statements: [
      "INSERT OR REPLACE INTO mirror_candidates " +
      `SELECT 'asset', asset_id, ${THIS_BATCH} ` +
      "FROM album_assets WHERE album_id IN {rows} " +
      "AND NOT EXISTS (SELECT 1 FROM assets WHERE id = asset_id AND owner_id = {me})",
      // Its contents may not have come: then nothing names them any more.
      "INSERT OR REPLACE INTO mirror_candidates " +
      `VALUES ('lost', '', ${THIS_BATCH})`,
      "DELETE FROM albums WHERE id IN {rows}",
      "DELETE FROM album_users WHERE album_id IN {rows}",
      "DELETE FROM album_assets WHERE album_id IN {rows}",
    ],
  },
  AlbumUserDeleteV1: removePair(
    "album_users",
    "album_id, user_id",
    ...["albumId", "userId"],
  ),
  AlbumToAssetDeleteV1: {
    fields: ["albumId", "assetId"],
    statements: [
      "INSERT OR REPLACE INTO mirror_candidates " +
      `SELECT 'asset', column2, ${THIS_BATCH} FROM {rows} ` +
      "WHERE NOT EXISTS (SELECT 1 FROM assets WHERE id = column2 AND owner_id = {me})",
      "DELETE FROM album_assets WHERE (album_id, asset_id) IN {rows}",
    ],
  },
  // Its id is that of an audit row, and matches no OCR row.
  AssetOcrDeleteV1: remove("asset_ocr", "asset_id", "assetId"),
  MemoryDeleteV1: {
    fields: ["memoryId"],
    statements: [
      "DELETE FROM memory_assets WHERE memory_id IN {rows}",
      "DELETE FROM memories WHERE id IN {rows}",
    ],
  },
  MemoryToAssetDeleteV1: removePair(
    "memory_assets",
    "memory_id, asset_id",
    ...["memoryId", "assetId"],
  ),
  PersonDeleteV1: remove("people", "id", "personId"),
  AssetFaceDeleteV1: remove("faces", "id", "assetFaceId"),
  UserMetadataDeleteV1: removePair(
    "user_metadata",
    'user_id, "key"',
    ...["userId", "key"],
  ),
  AssetMetadataDeleteV1: removePair(
    "asset_metadata",
    'asset_id, "key"',
    ...["assetId", "key"],
  ),
  AssetEditDeleteV1: remove("asset_edits", "id", "editId"),
};
