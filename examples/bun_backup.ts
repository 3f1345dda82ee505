/**
 * Backs up a library's metadata: mirrors it in a SQLite file and, after each run,
 * copies that file to a file named after the date.
 *
 *     bunx jsr add @immich-edge/sync
 *     export IMMICH_TOKEN=…
 *     bun bun_backup.ts --server URL --directory backups
 *
 * Use the access token of a separate session, created with `createChildSession`.
 * Run this program every night: it fetches only what has changed. If you stop a run
 * with Ctrl-C, the next run continues it.
 *
 * @module
 */
/// <reference types="bun-types/sqlite.d.ts" />
import {
  AuthenticationError,
  currentUser,
  isImmichError,
  type Session,
} from "@immich-edge/sync";
import { createMirror, sqlite } from "@immich-edge/sync/mirror";
import { Database } from "bun:sqlite";
import { mkdirSync, rmSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    server: { type: "string" },
    directory: { type: "string", default: "backups" },
  },
});
const { server: baseUrl = "", directory } = options;
const session: Session = {
  baseUrl,
  accessToken: process.env.IMMICH_TOKEN ?? "",
};

/** Opens the mirror's file, which only the file's owner can read. */
function open(): Database {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const database = new Database(`${directory}/mirror.db`, {
    create: true,
    strict: true,
  });
  // Acknowledged rows are not sent again, so they must reach the disk first.
  database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  return database;
}

/** Copies the mirror to today's file, replacing any earlier copy from today. */
function copy(database: Database): string {
  const file = `${directory}/${new Date().toISOString().slice(0, 10)}.db`;
  rmSync(file, { force: true });
  database.run("VACUUM INTO ?", [file]);
  return file;
}

async function main(): Promise<number> {
  if (baseUrl === "" || session.accessToken === "") {
    console.error("Usage: IMMICH_TOKEN=… bun_backup.ts --server URL");
    return 2;
  }
  const interrupt = new AbortController();
  const { signal } = interrupt;
  process.once("SIGINT", () => interrupt.abort()); // A second Ctrl-C kills the process.
  const database = open();
  try {
    const { id: userId } = await currentUser(session, { signal });
    const mirror = await createMirror(sqlite(database), { userId });
    const { counts } = await mirror.sync(session, {
      signal,
      onProgress: ({ events }) => console.log(`${events} rows`),
    });
    console.log(counts);
    console.log(`${copy(database)} is complete`);
    return 0;
  } catch (error) {
    if (signal.aborted) return 130;
    if (!isImmichError(error)) throw error;
    console.error(error.message);
    if (error instanceof AuthenticationError) {
      console.error(
        "The session has ended: set IMMICH_TOKEN to the token of a new session",
      );
    }
    return 1;
  } finally {
    database.close();
  }
}

process.exit(await main());
