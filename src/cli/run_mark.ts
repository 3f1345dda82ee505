/**
 * Notices that a file is not as the last run left it, because it was restored from
 * a backup, or because another volume has a file at the same path.
 *
 * The checkpoints of the copy's session are then ahead of the file, so an
 * incremental sync would not send the rows in between.
 *
 * @module
 */
import type { MirrorDatabase } from "../mirror/mod.ts";
import type { Copies } from "./copies.ts";

/**
 * Gives the next run an id, which is stored in the file and beside the session. If
 * the last id differs between the two, makes the mirror forget its session, so that
 * the run is a full sync.
 */
export async function markRun(
  database: MirrorDatabase,
  path: string,
  copies: Copies,
): Promise<void> {
  const id = crypto.randomUUID();
  const last = copies.lastRunOf(path) ?? null;
  await database.batch([
    {
      sql: "CREATE TABLE IF NOT EXISTS command_run (id TEXT NOT NULL)",
      params: [],
    },
    {
      sql: "UPDATE mirror_state SET session_key = NULL " +
        "WHERE (SELECT id FROM command_run) IS NOT ?",
      params: [last],
    },
    { sql: "DELETE FROM command_run", params: [] },
    { sql: "INSERT INTO command_run VALUES (?)", params: [id] },
  ]);
  // After the file: if the process is killed in between, the ids differ.
  copies.setLastRun(path, id);
}
