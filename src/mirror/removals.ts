/**
 * What each type of delete removes immediately.
 *
 * A delete may imply further removals: the assets of a lost album are removed
 * unless something else shows them. These rows become candidates
 * ({@linkcode ./candidates.ts}).
 *
 * @module
 */
import type { SyncEventData } from "../protocol/mod.ts";
import {
  NOTE_ENDED_SHARE,
  NOTE_LEFT_ALBUM,
  NOTE_LOST_ALBUM,
} from "./candidates.ts";
import type { MirrorTable } from "./rows.ts";
import { toQuotedColumn } from "./tables.ts";

type DeleteType = Extract<keyof SyncEventData, `${string}Delete${string}`>;

/** The statements for a type of delete. */
export interface Removal {
  /**
   * The fields of the delete; in `{rows}`, they are named `column1` and
   * `column2`.
   */
  fields: readonly string[];
  /**
   * SQL statements. Each may contain one `{rows}`, which stands for the deletes as
   * rows. A statement without `{rows}` is executed once per batch.
   */
  statements: readonly string[];
}

/**
 * The tables with an asset's details: rows that are removed together with the
 * asset.
 */
export const ASSET_DETAIL_TABLES: readonly MirrorTable[] = [
  "exif",
  "asset_edits",
  "asset_metadata",
  "asset_ocr",
  "faces",
];

/** The tables with an asset's details or with references to the asset. */
const ASSET_TABLES: readonly MirrorTable[] = [
  ...ASSET_DETAIL_TABLES,
  "album_assets",
  "memory_assets",
];

/**
 * SQL condition: the row belongs to one of the users in `{rows}`, but not to
 * the mirror's user. The index by owner excludes the user's own rows, and
 * SQLite uses that index only if the query excludes the user's rows with the
 * same expression.
 */
const OTHERS_ROWS = "owner_id <> {me} AND owner_id IN {rows}";

function remove(table: MirrorTable, column: string, field: string): Removal {
  const statements = [`DELETE FROM {${table}} WHERE ${column} IN {rows}`];
  return { fields: [field], statements };
}

function removePair(table: MirrorTable, ...fields: string[]): Removal {
  const columns = fields.map(toQuotedColumn).join(", ");
  return {
    fields,
    statements: [`DELETE FROM {${table}} WHERE (${columns}) IN {rows}`],
  };
}

const REMOVE_ASSET: Removal = {
  fields: ["assetId"],
  statements: [
    ...ASSET_TABLES.map((table) =>
      `DELETE FROM {${table}} WHERE asset_id IN {rows}`
    ),
    "DELETE FROM {assets} WHERE id IN {rows}",
  ],
};

/** Maps each delete type to what it removes. */
export const REMOVALS: { readonly [D in DeleteType]: Removal } = {
  UserDeleteV1: {
    fields: ["userId"],
    // The server sends no deletes for the rows that it deletes along with a user.
    statements: [
      ...ASSET_TABLES.map((table) =>
        `DELETE FROM {${table}} WHERE asset_id IN ` +
        `(SELECT id FROM {assets} WHERE ${OTHERS_ROWS})`
      ),
      `DELETE FROM {assets} WHERE ${OTHERS_ROWS}`,
      `DELETE FROM {stacks} WHERE ${OTHERS_ROWS}`,
      "DELETE FROM {album_users} WHERE user_id IN {rows}",
      "DELETE FROM {partners} WHERE shared_by_id IN {rows}",
      "DELETE FROM {partners} WHERE shared_with_id IN {rows}",
      "DELETE FROM {mirror_sharers} WHERE user_id IN {rows}",
      "DELETE FROM {users} WHERE id IN {rows}",
    ],
  },
  PartnerDeleteV1: {
    fields: ["sharedById", "sharedWithId"],
    statements: [
      NOTE_ENDED_SHARE,
      "DELETE FROM {mirror_sharers} WHERE user_id IN (SELECT column1 FROM {rows})",
      "DELETE FROM {partners} WHERE (shared_by_id, shared_with_id) IN {rows}",
    ],
  },
  AssetDeleteV1: REMOVE_ASSET,
  PartnerAssetDeleteV1: REMOVE_ASSET,
  StackDeleteV1: remove("stacks", "id", "stackId"),
  PartnerStackDeleteV1: remove("stacks", "id", "stackId"),
  AlbumDeleteV1: {
    fields: ["albumId"],
    statements: [
      ...NOTE_LOST_ALBUM,
      "DELETE FROM {albums} WHERE id IN {rows}",
      "DELETE FROM {album_users} WHERE album_id IN {rows}",
      "DELETE FROM {album_assets} WHERE album_id IN {rows}",
    ],
  },
  AlbumUserDeleteV1: removePair("album_users", "albumId", "userId"),
  AlbumToAssetDeleteV1: {
    fields: ["albumId", "assetId"],
    statements: [
      NOTE_LEFT_ALBUM,
      "DELETE FROM {album_assets} WHERE (album_id, asset_id) IN {rows}",
    ],
  },
  // The delete's id is the id of an audit row, and does not match any OCR row.
  AssetOcrDeleteV1: remove("asset_ocr", "asset_id", "assetId"),
  MemoryDeleteV1: {
    fields: ["memoryId"],
    statements: [
      "DELETE FROM {memory_assets} WHERE memory_id IN {rows}",
      "DELETE FROM {memories} WHERE id IN {rows}",
    ],
  },
  MemoryToAssetDeleteV1: removePair("memory_assets", "memoryId", "assetId"),
  PersonDeleteV1: remove("people", "id", "personId"),
  AssetFaceDeleteV1: remove("faces", "id", "assetFaceId"),
  UserMetadataDeleteV1: removePair("user_metadata", "userId", "key"),
  AssetMetadataDeleteV1: removePair("asset_metadata", "assetId", "key"),
  AssetEditDeleteV1: remove("asset_edits", "id", "editId"),
};
