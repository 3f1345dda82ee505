/**
 * What a mirror knows of itself: its version, its passes, and who holds it.
 *
 * @module
 */
import type { SyncEntityType } from "../protocol.ts";
import type { MirrorDatabase, SqlStatement, SqlValue } from "./database.ts";
import { MirrorError } from "./error.ts";
import { type Migration, MIGRATIONS } from "./migrations.ts";

/** What a mirror knows of itself. */
export interface MirrorState {
  /** Version of its schema. */
  schemaVersion: number;
  /** The user whose mirror it is. */
  userId: string | null;
  /** What tells the session whose checkpoints fit to it: no secret. */
  sessionKey: string | null;
  /** Number of the last full pass. */
  pass: number;
  /** When the full pass began that is not over yet. */
  fullStartedAt: number | null;
  /** When the last full pass began that came to its end. */
  lastFullAt: number | null;
  /** When the last run came to its end. */
  lastRunAt: number | null;
  /** Whether something may have become unreachable. */
  sweepDue: boolean;
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
    userId: text("user_id"),
    sessionKey: text("session_key"),
    pass: number("pass") ?? 0,
    fullStartedAt: number("full_started_at"),
    lastFullAt: number("last_full_at"),
    lastRunAt: number("last_run_at"),
    sweepDue: number("sweep_due") === 1,
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
  for (let version = from; version < migrations.length; version++) {
    const { statements, again = [] } = migrations[version]!;
    await database.batch([
      ...statements.map((sql) => ({ sql, params: [] })),
      setState("schema_version = ?", version + 1),
      ...again.map((type) =>
        setState("stale_types = json_insert(stale_types, '$[#]', ?)", type)
      ),
    ]);
  }
  const state = await readState(database);
  if (state.userId === null) {
    await database.batch([setState("user_id = ?", userId)]);
  } else if (state.userId !== userId) {
    throw new MirrorError(
      `Cannot open the mirror: it is of user ${state.userId}, it must be of ${userId}`,
      { code: "mirror_foreign" },
    );
  }
}

async function schemaVersion(database: MirrorDatabase): Promise<number> {
  const tables = await database.all(
    "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'mirror_state'",
    [],
  );
  return tables.length === 0 ? 0 : (await readState(database)).schemaVersion;
}
