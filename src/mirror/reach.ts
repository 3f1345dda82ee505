/**
 * What leads to a row: ending a share only says that the share is gone, and what
 * it alone led to is for its reader to drop.
 *
 * @module
 */
import type { SqlStatement } from "./database.ts";
import type { MirrorTable } from "./rows.ts";
import { TABLE_NAMES } from "./tables.ts";

const ME = "(SELECT user_id FROM mirror_state)";
const SHOWN_BY_USERS =
  `owner_id = ${ME} OR owner_id IN (SELECT shared_by_id FROM partners WHERE shared_with_id = ${ME})`;
const SHOWN_IN_ALBUMS = "id IN (SELECT asset_id FROM album_assets)";

function onAsset(table: MirrorTable): [MirrorTable, string] {
  return [table, "asset_id IN (SELECT id FROM assets)"];
}

function inAlbum(table: MirrorTable): [MirrorTable, string] {
  return [table, "album_id IN (SELECT id FROM albums)"];
}

/** Table → what has to hold for a row, in an order in which one depends on those before it. */
export const REACH: readonly (readonly [MirrorTable, string])[] = [
  inAlbum("album_users"),
  inAlbum("album_assets"),
  ["assets", `${SHOWN_BY_USERS} OR ${SHOWN_IN_ALBUMS}`],
  ["stacks", SHOWN_BY_USERS],
  onAsset("exif"),
  onAsset("asset_edits"),
  onAsset("asset_metadata"),
  onAsset("asset_ocr"),
  onAsset("faces"),
  ["memory_assets", "memory_id IN (SELECT id FROM memories)"],
];

/** Drops what did not come in a full pass. */
export function sweepUnmarked(pass: number): SqlStatement[] {
  return TABLE_NAMES.map((table) => ({
    sql: `DELETE FROM ${table} WHERE pass < ?`,
    params: [pass],
  }));
}

/** Drops what nothing leads to. */
export function sweepUnreachable(): SqlStatement[] {
  return REACH.map(([table, holds]) => ({
    sql: `DELETE FROM ${table} WHERE NOT (${holds})`,
    params: [],
  }));
}
