/**
 * Opens a mirror's SQLite file.
 *
 * @module
 */
import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { isMissing } from "./private_file.ts";
import {
  loadSqlite,
  type OpenSqlite,
  type SqliteFile,
} from "./sqlite_driver.ts";
import { UsageError } from "./usage_error.ts";

/** The first bytes of every SQLite file. */
const HEADER = "SQLite format 3\0";

/** How long to wait while another connection has locked the file. */
const BUSY_MS = 5_000;

/** How to open a file. */
export interface SqliteFileOptions {
  /**
   * `"create"` creates the file if there is none; `"update"` and `"read"` need
   * an existing file.
   */
  mode: "create" | "update" | "read";
  /** Opens the file. */
  open?: OpenSqlite;
}

/**
 * Opens a SQLite file. Only its owner can read a new file.
 *
 * @throws {UsageError} If there cannot be a SQLite file at the path.
 */
export function openSqliteFile(
  path: string,
  { mode, open = loadSqlite() }: SqliteFileOptions,
): SqliteFile {
  const isNew = !checkPath(path);
  if (isNew) {
    if (mode !== "create") throw new UsageError(`"${path}" does not exist`);
    closeSync(openSync(path, "ax", 0o600));
  } else if (mode !== "read") checkWritable(path);
  const file = open(path, mode === "read");
  try {
    file.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    if (mode === "create") {
      // Acknowledged rows are not sent again, so they must reach the disk first.
      file.exec("PRAGMA journal_mode = WAL");
      file.exec("PRAGMA synchronous = FULL");
    }
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Returns whether there is a SQLite file, or an empty one, at a path.
 *
 * @throws {UsageError} If there cannot be a SQLite file at the path.
 */
export function checkPath(path: string): boolean {
  const stat = statIfExists(path);
  if (stat === undefined) {
    checkFolder(dirname(path));
    return false;
  }
  if (stat.isDirectory()) throw new UsageError(`"${path}" is a folder`);
  if (!stat.isFile()) throw new UsageError(`"${path}" is not a file`);
  if (stat.size > 0 && readHeader(path) !== HEADER) {
    throw new UsageError(`"${path}" is not a SQLite file`);
  }
  return true;
}

function checkFolder(folder: string): void {
  const stat = statIfExists(folder);
  if (stat === undefined) {
    throw new UsageError(`The folder "${folder}" does not exist`);
  }
  if (!stat.isDirectory()) throw new UsageError(`"${folder}" is not a folder`);
}

function statIfExists(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    // If part of the path is a file, nothing exists below it.
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function checkWritable(path: string): void {
  try {
    accessSync(path, constants.W_OK);
  } catch (error) {
    if (isMissing(error)) throw error;
    throw new UsageError(`"${path}" cannot be written: it is read-only`);
  }
}

function readHeader(path: string): string {
  const file = openSync(path, "r");
  try {
    const bytes = new Uint8Array(HEADER.length);
    readSync(file, bytes);
    return String.fromCharCode(...bytes);
  } finally {
    closeSync(file);
  }
}
