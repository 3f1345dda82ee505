/**
 * Notices that a file is not as the last run left it: it was restored from a
 * backup, or it is another file at the same path, on another volume.
 *
 * The session's checkpoints are then ahead of the file, so in an incremental
 * sync, the server would not send the rows in between.
 *
 * @module
 */
import type { MirrorDatabase } from "../mirror/mod.ts";
import type { Copies } from "./copies.ts";

/**
 * Gives the next run an id, which is stored both in the file and with the
 * session. If the two stored ids of the last run differ, makes the mirror
 * forget its session, so that the next run is a full sync.
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
  // Stored after the file's id: if the process is killed in between, the ids differ.
  copies.setLastRun(path, id);
}
