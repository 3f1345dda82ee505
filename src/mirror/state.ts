/**
 * What a mirror knows of itself: its version, its passes, and who holds it.
 *
 * @module
 */
import type { SyncEntityType } from "../protocol/mod.ts";
import type { MirrorDatabase, SqlStatement, SqlValue } from "./database.ts";
import { MirrorError } from "./error.ts";
import { type Migration, MIGRATIONS } from "./migrations.ts";
import type { MirrorTable } from "./rows.ts";

/** What a mirror knows of itself. */
export interface MirrorState {
  /** Version of its schema. */
  schemaVersion: number;
  /** The user whose mirror it is. */
  userId: string;
  /** What tells the session whose checkpoints fit to it: no secret. */
  sessionKey: string | null;
  /** Number of the last batch that was stored. */
  batchNumber: number;
  /** Number of the first batch of the full sync that has not ended yet. */
  fullFromBatch: number | null;
  /** The tables of which that full sync brings every row. */
  fullTables: MirrorTable[];
  /** When that full sync began. */
  fullStartedAt: number | null;
  /** Number of the first batch of the complete full sync before, if that was not quiet. */
  earlierFullFromBatch: number | null;
  /** When the last full sync began that has ended. */
  lastFullAt: number | null;
  /** When the last sync ended. */
  lastRunAt: number | null;
  /** Request types without version that any sync has asked for. */
  askedFamilies: string[];
  /** Whether a sync since the last full one asked for partners' rows, not for partners. */
  partnersSkipped: boolean;
  /** Checkpoints whose rows have to come again. */
  staleTypes: SyncEntityType[];
  /** Who holds it. */
  leaseHolder: string | null;
  /** Until when. */
  leaseUntil: number | null;
}

/** Reads what a mirror knows of itself. */
export async function readState(
  database: MirrorDatabase,
): Promise<MirrorState> {
  const [row = {}] = await database.all("SELECT * FROM mirror_state", []);
  const number = (name: string) => row[name] as number | null;
  const text = (name: string) => row[name] as string | null;
  return {
    schemaVersion: number("schema_version") ?? 0,
    userId: text("user_id") ?? "",
    sessionKey: text("session_key"),
    batchNumber: number("batch_number") ?? 0,
    fullFromBatch: number("full_from_batch"),
    fullTables: JSON.parse(text("full_tables") ?? "[]"),
    fullStartedAt: number("full_started_at"),
    earlierFullFromBatch: number("earlier_full_from_batch"),
    lastFullAt: number("last_full_at"),
    lastRunAt: number("last_run_at"),
    askedFamilies: JSON.parse(text("asked_families") ?? "[]"),
    partnersSkipped: number("partners_skipped") === 1,
    staleTypes: JSON.parse(text("stale_types") ?? "[]"),
    leaseHolder: text("lease_holder"),
    leaseUntil: number("lease_until"),
  };
}

/** The statement that notes something. */
export function setState(
  changes: string,
  ...params: SqlValue[]
): SqlStatement {
  return { sql: `UPDATE mirror_state SET ${changes}`, params };
}

/**
 * Brings a mirror to the newest schema, step by step, each of them whole.
 *
 * @throws {MirrorError} If it is newer, or another user's.
 */
export async function migrate(
  database: MirrorDatabase,
  userId: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const from = await schemaVersion(database);
  if (from > migrations.length) {
    throw new MirrorError(
      `Cannot open the mirror: its schema has version ${from}, this library knows ${migrations.length}`,
      { code: "mirror_newer" },
    );
  }
  if (from > 0) await checkUser(database, userId);
  for (let version = from; version < migrations.length; version++) {
    const { statements, again = [] } = migrations[version]!;
    await database.batch([
      ...statements.map((sql) => ({
        sql: sql.replaceAll("{me}", toSql(userId)),
        params: [],
      })),
      setState("schema_version = ?", version + 1),
      ...again.map((type) =>
        setState("stale_types = json_insert(stale_types, '$[#]', ?)", type)
      ),
    ]);
  }
  if (from === 0) await checkUser(database, userId);
}

async function checkUser(
  database: MirrorDatabase,
  userId: string,
): Promise<void> {
  const state = await readState(database);
  if (state.userId === userId) return;
  throw new MirrorError(
    `Cannot open the mirror: it belongs to user ${state.userId}, expected ${userId}`,
    { code: "mirror_foreign" },
  );
}

/** A text as SQL has it. */
export function toSql(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function schemaVersion(database: MirrorDatabase): Promise<number> {
  const tables = await database.all(
    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'mirror_state'",
    [],
  );
  return tables.length === 0 ? 0 : (await readState(database)).schemaVersion;
}
