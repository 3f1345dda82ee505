/**
 * The schema, and the migrations from each version to the next.
 *
 * @module
 */
import type { SyncEntityType } from "../protocol/mod.ts";
import {
  type ColumnType,
  TABLE_NAMES,
  TABLES,
  toQuotedColumn,
} from "./tables.ts";

/** The step from one version of the schema to the next. */
export interface Migration {
  /** The statements; `{me}` is replaced with the id of the mirror's user, as an SQL literal. */
  statements: readonly string[];
  /** The checkpoints whose rows must be sent again, because a new column needs them. */
  again?: readonly SyncEntityType[];
}

const SQL_TYPES: Record<ColumnType, string> = {
  text: "TEXT",
  integer: "INTEGER",
  real: "REAL",
  boolean: "INTEGER",
  json: "TEXT",
  milliseconds: "INTEGER",
};

/**
 * Returns the statement that creates a table with its current columns; later
 * migrations also add the columns that older versions lack.
 *
 * Ids arrive in random order, so storing rows in key order would spread each batch
 * over the whole table. `WITHOUT ROWID`, which does that, therefore pays off only
 * for tables that have no columns besides their key.
 */
function createTable(table: (typeof TABLE_NAMES)[number]): string {
  const { key, columns } = TABLES[table];
  const keys: readonly string[] = key;
  const fields = Object.entries<ColumnType>(columns);
  const lines = fields.map(([field, type]) => {
    const constraint = keys.includes(field) ? " NOT NULL" : "";
    return `${toQuotedColumn(field)} ${SQL_TYPES[type]}${constraint}`;
  });
  const isKeyOnly = fields.length === key.length;
  return `CREATE TABLE IF NOT EXISTS ${table} (${lines.join(", ")}, ` +
    `batch_number INTEGER NOT NULL, PRIMARY KEY (${
      key.map(toQuotedColumn).join(", ")
    }))` +
    (isKeyOnly ? " WITHOUT ROWID" : "");
}

function createIndex(table: string, columns: string): string {
  const name = `${table}_by_${columns.replace(", ", "_and_")}`;
  return `CREATE INDEX IF NOT EXISTS ${name} ON ${table} (${columns})`;
}

/**
 * Returns the statement that creates an index by owner without the user's own rows,
 * which are the majority and are never looked up by owner.
 */
function createIndexOfOthers(table: string): string {
  return `CREATE INDEX IF NOT EXISTS ${table}_of_others ON ${table} (owner_id) ` +
    "WHERE owner_id <> {me}";
}

const STATE = `CREATE TABLE IF NOT EXISTS mirror_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema_version INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  session_key TEXT,
  batch_number INTEGER NOT NULL DEFAULT 0,
  last_sync_batch INTEGER NOT NULL DEFAULT 0,
  full_from_batch INTEGER,
  full_tables TEXT NOT NULL DEFAULT '[]',
  full_started_at INTEGER,
  earlier_full_from_batch INTEGER,
  earlier_full_started_at INTEGER,
  last_full_at INTEGER,
  last_run_at INTEGER,
  asked_families TEXT NOT NULL DEFAULT '[]',
  partners_skipped INTEGER NOT NULL DEFAULT 0,
  stale_types TEXT NOT NULL DEFAULT '[]',
  lease_holder TEXT,
  lease_until INTEGER
)`;

const VISIBLE_ASSETS = `CREATE VIEW IF NOT EXISTS visible_assets AS
  SELECT * FROM assets
  WHERE deleted_at IS NULL AND visibility IN ('timeline', 'archive')`;

const DELETED_USERS = "SELECT id FROM users WHERE deleted_at IS NOT NULL";

// Uses subqueries, because with a join SQLite starts from the state table and sorts
// all assets.
const TIMELINE = `CREATE VIEW IF NOT EXISTS timeline AS
  SELECT * FROM visible_assets
  WHERE visibility = 'timeline'
    AND (owner_id = (SELECT user_id FROM mirror_state) OR owner_id IN (
      SELECT shared_by_id FROM partners
      WHERE shared_with_id = (SELECT user_id FROM mirror_state)
        AND in_timeline = 1 AND shared_by_id NOT IN (${DELETED_USERS})))
    AND NOT EXISTS (
      SELECT 1 FROM stacks
      WHERE stacks.id = stack_id AND primary_asset_id <> visible_assets.id)`;

const ALBUM_TIMELINE = `CREATE VIEW IF NOT EXISTS album_timeline AS
  SELECT album_assets.album_id, visible_assets.* FROM album_assets
  JOIN visible_assets ON visible_assets.id = album_assets.asset_id
  WHERE album_assets.album_id NOT IN (
    SELECT album_id FROM album_users
    WHERE role = 'owner' AND user_id IN (${DELETED_USERS}))`;

/** The migrations from an empty database to version 1, from 1 to 2, and so on. */
export const MIGRATIONS: readonly Migration[] = [{
  statements: [
    STATE,
    "INSERT OR IGNORE INTO mirror_state (id, schema_version, user_id) VALUES (1, 0, {me})",
    // Inserting NULL here fails, which makes a transaction fail on a condition.
    "CREATE TABLE IF NOT EXISTS mirror_fence (holds INTEGER NOT NULL)",
    `CREATE TABLE IF NOT EXISTS mirror_events (
      type TEXT PRIMARY KEY, events INTEGER NOT NULL, ack TEXT NOT NULL,
      batch INTEGER NOT NULL
    ) WITHOUT ROWID`,
    // Candidates for removal, and the batch that made them candidates: an 'asset'
    // that left an album, the 'owner' of a share that ended or began, or an 'orphan'
    // that arrived before what shows it. A 'lost' row means that an album was lost,
    // which may have shown orphans.
    `CREATE TABLE IF NOT EXISTS mirror_candidates (
      kind TEXT NOT NULL, id TEXT NOT NULL, since INTEGER NOT NULL,
      PRIMARY KEY (kind, id)
    ) WITHOUT ROWID`,
    "CREATE TABLE IF NOT EXISTS mirror_sharers (user_id TEXT PRIMARY KEY, batch_number INTEGER NOT NULL) WITHOUT ROWID",
    ...TABLE_NAMES.map(createTable),
    createIndex("assets", "local_date_time"),
    createIndex("assets", "stack_id"),
    createIndexOfOthers("assets"),
    createIndexOfOthers("stacks"),
    createIndex("album_assets", "asset_id"),
    createIndex("album_users", "user_id"),
    createIndex("asset_ocr", "asset_id"),
    createIndex("asset_edits", "asset_id"),
    createIndex("memory_assets", "asset_id"),
    createIndex("faces", "asset_id"),
    createIndex("faces", "person_id"),
    VISIBLE_ASSETS,
    TIMELINE,
    ALBUM_TIMELINE,
  ],
}];
