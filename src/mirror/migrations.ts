/**
 * The versions of the schema, and the way from each to the next.
 *
 * @module
 */
import type { SyncEntityType } from "../protocol/mod.ts";
import { type ColumnType, quoted, TABLE_NAMES, TABLES } from "./tables.ts";

/** The way from one version to the next. */
export interface Migration {
  /** Statements that bring the mirror forward; `{me}` stands for its user, as SQL. */
  statements: readonly string[];
  /** Checkpoints whose rows have to come again, as a new column needs them. */
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
 * The table as it is today: what was added later is in its own migration, too.
 * Ids come in no order: rows that are kept in theirs spread each batch over the
 * whole table. Only what is nothing but its key is better off so.
 */
function createTable(table: (typeof TABLE_NAMES)[number]): string {
  const { key, columns } = TABLES[table];
  const keys: readonly string[] = key;
  const fields = Object.entries<ColumnType>(columns);
  const lines = fields.map(([field, type]) => {
    const constraint = keys.includes(field) ? " NOT NULL" : "";
    return `${quoted(field)} ${SQL_TYPES[type]}${constraint}`;
  });
  const isOnlyKey = fields.length === key.length;
  return `CREATE TABLE IF NOT EXISTS ${table} (${lines.join(", ")}, ` +
    `batch_number INTEGER NOT NULL, PRIMARY KEY (${
      key.map(quoted).join(", ")
    }))` +
    (isOnlyKey ? " WITHOUT ROWID" : "");
}

function createIndex(table: string, columns: string): string {
  const name = `${table}_by_${columns.replace(", ", "_and_")}`;
  return `CREATE INDEX IF NOT EXISTS ${name} ON ${table} (${columns})`;
}

/** An index by owner that leaves out the user's own rows: they are most, and never searched for. */
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

// Subqueries and no join: SQLite would start from the state, and sort everything.
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

/** The way from nothing to version 1, from 1 to 2, and so on. */
export const MIGRATIONS: readonly Migration[] = [{
  statements: [
    STATE,
    "INSERT OR IGNORE INTO mirror_state (id, schema_version, user_id) VALUES (1, 0, {me})",
    // A row that cannot be: what must not happen in a batch makes it fail.
    "CREATE TABLE IF NOT EXISTS mirror_fence (holds INTEGER NOT NULL)",
    `CREATE TABLE IF NOT EXISTS mirror_events (
      type TEXT PRIMARY KEY, events INTEGER NOT NULL, ack TEXT NOT NULL,
      batch INTEGER NOT NULL
    ) WITHOUT ROWID`,
    // What was put in question, and by which batch: an 'asset' that left an album,
    // the 'owner' of a share that ended or began, an 'orphan' that came before what
    // shows it; 'lost' says that some album is gone, which may have shown orphans.
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
