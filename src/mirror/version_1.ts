/**
 * Version 1 of the schema. Once released, this version is never edited; each
 * change gets a new version.
 *
 * @module
 */

// Ids arrive in random order, so storing rows in key order would spread each
// batch over the whole table. `WITHOUT ROWID`, which stores rows in key order,
// therefore pays off only for tables with no columns other than their key.
const TABLES = [
  `CREATE TABLE {auth_users} (
    id TEXT NOT NULL, name TEXT, email TEXT, avatar_color TEXT, deleted_at TEXT,
    profile_changed_at TEXT, has_profile_image INTEGER, is_admin INTEGER,
    storage_label TEXT, quota_size_in_bytes INTEGER, quota_usage_in_bytes INTEGER,
    batch_number INTEGER NOT NULL, PRIMARY KEY (id))`,
  `CREATE TABLE {users} (
    id TEXT NOT NULL, name TEXT, email TEXT, avatar_color TEXT, deleted_at TEXT,
    profile_changed_at TEXT, has_profile_image INTEGER,
    batch_number INTEGER NOT NULL, PRIMARY KEY (id))`,
  `CREATE TABLE {user_metadata} (
    user_id TEXT NOT NULL, "key" TEXT NOT NULL, value TEXT,
    batch_number INTEGER NOT NULL, PRIMARY KEY (user_id, "key"))`,
  `CREATE TABLE {partners} (
    shared_by_id TEXT NOT NULL, shared_with_id TEXT NOT NULL, in_timeline INTEGER,
    batch_number INTEGER NOT NULL, PRIMARY KEY (shared_by_id, shared_with_id))`,
  `CREATE TABLE {assets} (
    id TEXT NOT NULL, owner_id TEXT, original_file_name TEXT, file_created_at TEXT,
    file_modified_at TEXT, created_at TEXT, local_date_time TEXT, type TEXT,
    deleted_at TEXT, is_favorite INTEGER, visibility TEXT, duration INTEGER,
    live_photo_video_id TEXT, stack_id TEXT, library_id TEXT, width INTEGER,
    height INTEGER, is_edited INTEGER, checksum TEXT, thumbhash TEXT,
    batch_number INTEGER NOT NULL, PRIMARY KEY (id))`,
  `CREATE TABLE {exif} (
    asset_id TEXT NOT NULL, description TEXT, exif_image_width INTEGER,
    exif_image_height INTEGER, file_size_in_byte INTEGER, orientation TEXT,
    date_time_original TEXT, modify_date TEXT, time_zone TEXT, latitude REAL,
    longitude REAL, projection_type TEXT, city TEXT, state TEXT, country TEXT,
    make TEXT, model TEXT, lens_model TEXT, f_number REAL, focal_length REAL,
    iso INTEGER, exposure_time TEXT, profile_description TEXT, rating INTEGER,
    fps REAL, batch_number INTEGER NOT NULL, PRIMARY KEY (asset_id))`,
  `CREATE TABLE {asset_edits} (
    id TEXT NOT NULL, asset_id TEXT, sequence INTEGER, action TEXT, parameters TEXT,
    batch_number INTEGER NOT NULL, PRIMARY KEY (id))`,
  `CREATE TABLE {asset_metadata} (
    asset_id TEXT NOT NULL, "key" TEXT NOT NULL, value TEXT,
    batch_number INTEGER NOT NULL, PRIMARY KEY (asset_id, "key"))`,
  `CREATE TABLE {asset_ocr} (
    id TEXT NOT NULL, asset_id TEXT, x1 REAL, y1 REAL, x2 REAL, y2 REAL, x3 REAL,
    y3 REAL, x4 REAL, y4 REAL, text TEXT, box_score REAL, text_score REAL,
    is_visible INTEGER, batch_number INTEGER NOT NULL, PRIMARY KEY (id))`,
  `CREATE TABLE {stacks} (
    id TEXT NOT NULL, created_at TEXT, updated_at TEXT, primary_asset_id TEXT,
    owner_id TEXT, batch_number INTEGER NOT NULL, PRIMARY KEY (id))`,
  `CREATE TABLE {albums} (
    id TEXT NOT NULL, name TEXT, description TEXT, created_at TEXT, updated_at TEXT,
    thumbnail_asset_id TEXT, is_activity_enabled INTEGER, "order" TEXT,
    batch_number INTEGER NOT NULL, PRIMARY KEY (id))`,
  `CREATE TABLE {album_users} (
    album_id TEXT NOT NULL, user_id TEXT NOT NULL, role TEXT,
    batch_number INTEGER NOT NULL, PRIMARY KEY (album_id, user_id))`,
  `CREATE TABLE {album_assets} (
    album_id TEXT NOT NULL, asset_id TEXT NOT NULL, batch_number INTEGER NOT NULL,
    PRIMARY KEY (album_id, asset_id)) WITHOUT ROWID`,
  `CREATE TABLE {memories} (
    id TEXT NOT NULL, created_at TEXT, updated_at TEXT, deleted_at TEXT,
    owner_id TEXT, type TEXT, data TEXT, is_saved INTEGER, memory_at TEXT,
    seen_at TEXT, show_at TEXT, hide_at TEXT,
    batch_number INTEGER NOT NULL, PRIMARY KEY (id))`,
  `CREATE TABLE {memory_assets} (
    memory_id TEXT NOT NULL, asset_id TEXT NOT NULL, batch_number INTEGER NOT NULL,
    PRIMARY KEY (memory_id, asset_id)) WITHOUT ROWID`,
  `CREATE TABLE {people} (
    id TEXT NOT NULL, created_at TEXT, updated_at TEXT, owner_id TEXT, name TEXT,
    birth_date TEXT, is_hidden INTEGER, is_favorite INTEGER, color TEXT,
    face_asset_id TEXT, batch_number INTEGER NOT NULL, PRIMARY KEY (id))`,
  `CREATE TABLE {faces} (
    id TEXT NOT NULL, asset_id TEXT, person_id TEXT, image_width INTEGER,
    image_height INTEGER, bounding_box_x1 INTEGER, bounding_box_y1 INTEGER,
    bounding_box_x2 INTEGER, bounding_box_y2 INTEGER, source_type TEXT,
    is_visible INTEGER, deleted_at TEXT,
    batch_number INTEGER NOT NULL, PRIMARY KEY (id))`,
];

// The user's own rows are the majority and are never looked up by owner.
const INDEXES = [
  "CREATE INDEX {assets_by_local_date_time} ON {assets} (local_date_time)",
  "CREATE INDEX {assets_by_stack_id} ON {assets} (stack_id) WHERE stack_id IS NOT NULL",
  "CREATE INDEX {assets_of_others} ON {assets} (owner_id) WHERE owner_id <> {me}",
  "CREATE INDEX {stacks_of_others} ON {stacks} (owner_id) WHERE owner_id <> {me}",
  "CREATE INDEX {album_assets_by_asset_id} ON {album_assets} (asset_id)",
  "CREATE INDEX {album_users_by_user_id} ON {album_users} (user_id)",
  "CREATE INDEX {asset_ocr_by_asset_id} ON {asset_ocr} (asset_id)",
  "CREATE INDEX {asset_edits_by_asset_id} ON {asset_edits} (asset_id)",
  "CREATE INDEX {memory_assets_by_asset_id} ON {memory_assets} (asset_id)",
  "CREATE INDEX {faces_by_asset_id} ON {faces} (asset_id)",
  "CREATE INDEX {faces_by_person_id} ON {faces} (person_id)",
];

const DELETED_USERS = "SELECT id FROM {users} WHERE deleted_at IS NOT NULL";

const VIEWS = [
  `CREATE VIEW {visible_assets} AS
    SELECT * FROM {assets}
    WHERE deleted_at IS NULL AND visibility IN ('timeline', 'archive')`,
  // Uses subqueries: with a join, SQLite would start from the state table and
  // sort all assets.
  `CREATE VIEW {timeline} AS
    SELECT * FROM {visible_assets} AS assets
    WHERE visibility = 'timeline'
      AND (owner_id = (SELECT user_id FROM {mirror_state}) OR owner_id IN (
        SELECT shared_by_id FROM {partners}
        WHERE shared_with_id = (SELECT user_id FROM {mirror_state})
          AND in_timeline = 1 AND shared_by_id NOT IN (${DELETED_USERS})))
      AND NOT EXISTS (
        SELECT 1 FROM {stacks} AS stacks
        WHERE stacks.id = stack_id AND primary_asset_id <> assets.id)`,
  `CREATE VIEW {album_timeline} AS
    SELECT entries.album_id, assets.* FROM {album_assets} AS entries
    JOIN {visible_assets} AS assets ON assets.id = entries.asset_id
    WHERE entries.album_id NOT IN (
      SELECT album_id FROM {album_users}
      WHERE role = 'owner' AND user_id IN (${DELETED_USERS}))`,
];

/** The statements that create version 1. */
export const VERSION_1: readonly string[] = [
  `CREATE TABLE {mirror_state} (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    schema_version INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    base_url TEXT,
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
    lease_until INTEGER,
    lease_ms INTEGER)`,
  "INSERT INTO {mirror_state} (id, schema_version, user_id) VALUES (1, 0, {me})",
  // Inserting NULL here fails, so a statement can make its transaction fail on
  // a condition.
  "CREATE TABLE {mirror_fence} (holds INTEGER NOT NULL)",
  `CREATE TABLE {mirror_events} (
    type TEXT PRIMARY KEY, events INTEGER NOT NULL, ack TEXT NOT NULL,
    batch INTEGER NOT NULL, settled_ack TEXT NOT NULL DEFAULT '',
    skipped_rows INTEGER NOT NULL, skipped_values INTEGER NOT NULL) WITHOUT ROWID`,
  // Rows that may have to be removed when the sync ends, and the batch that made them
  // candidates. candidates.ts describes the kinds.
  `CREATE TABLE {mirror_candidates} (
    kind TEXT NOT NULL, id TEXT NOT NULL, since INTEGER NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID`,
  `CREATE TABLE {mirror_sharers} (
    user_id TEXT PRIMARY KEY, batch_number INTEGER NOT NULL) WITHOUT ROWID`,
  ...TABLES,
  ...INDEXES,
  ...VIEWS,
];
