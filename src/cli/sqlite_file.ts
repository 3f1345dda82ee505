/**
 * Opens a mirror's SQLite file.
 *
 * @module
 */
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "./errors.ts";
import { isMissing } from "./private_file.ts";
import {
  loadSqlite,
  type OpenSqlite,
  type SqliteFile,
} from "./sqlite_driver.ts";

/** The first bytes of every SQLite file. */
const HEADER = "SQLite format 3\0";

/** How long to wait while another connection has locked the file. */
const BUSY_MS = 5_000;

/** How to open a file. */
export interface SqliteFileOptions {
  /**
   * `"write"` creates the file if there is none; `"read"` needs an existing file,
   * and writes nothing to it.
   */
  mode: "write" | "read";
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
  const isNew = !checkPath(path, mode);
  if (isNew) closeSync(openSync(path, "ax", 0o600));
  else if (mode === "write") restoreModes(path);
  const file = open(path, mode === "read");
  try {
    file.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    if (mode === "read") checkReadable(path, file);
    else {
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
 * @throws {UsageError} If there cannot be a SQLite file at the path, or it cannot
 * be opened in this mode.
 */
export function checkPath(
  path: string,
  mode: SqliteFileOptions["mode"],
): boolean {
  const stat = statIfExists(path);
  if (stat === undefined) {
    checkFolder(dirname(path));
    if (mode === "read") throw new UsageError(`"${path}" does not exist`);
  } else checkFile(path, stat);
  if (mode === "write") checkWritable(path, stat !== undefined);
  return stat !== undefined;
}

function checkFile(path: string, stat: Stats): void {
  if (stat.isDirectory()) throw new UsageError(`"${path}" is a folder`);
  if (!stat.isFile()) throw new UsageError(`"${path}" is not a file`);
  if (stat.size > 0 && readHeader(path) !== HEADER) {
    throw new UsageError(`"${path}" is not a SQLite file`);
  }
}

function checkFolder(folder: string): void {
  const stat = statIfExists(folder);
  if (stat === undefined) {
    throw new UsageError(`The folder "${folder}" does not exist`);
  }
  if (!stat.isDirectory()) throw new UsageError(`"${folder}" is not a folder`);
}

function statIfExists(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    // If part of the path is a file, nothing exists below it.
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function checkWritable(path: string, exists: boolean): void {
  if (exists && !isWritable(path)) {
    throw new UsageError(`"${path}" cannot be written: it is read-only`);
  }
  const folder = dirname(path);
  if (isWritable(folder)) return;
  // SQLite creates files beside it.
  throw new UsageError(
    `"${path}" cannot be written: its folder "${folder}" is read-only`,
  );
}

/**
 * Makes the files beside a file writable again. SQLite has given them its mode, so
 * they are read-only if it was read-only when it was last read.
 */
function restoreModes(path: string): void {
  for (const file of [`${path}-wal`, `${path}-shm`]) {
    if (existsSync(file) && !isWritable(file)) {
      chmodSync(file, statSync(path).mode);
    }
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch (error) {
    if (isMissing(error)) throw error;
    return false;
  }
}

/** Reads from a file. In WAL mode, even a reader creates files beside it. */
function checkReadable(path: string, file: SqliteFile): void {
  try {
    file.prepare("SELECT 1 FROM sqlite_master").all();
  } catch (error) {
    const folder = dirname(path);
    if (!isReadOnlyError(error) || isWritable(folder)) throw error;
    throw new UsageError(
      `"${path}" cannot be read: SQLite must create files beside it, but its folder "${folder}" is read-only; copy the file to another folder`,
    );
  }
}

/** Returns whether SQLite failed because it could not write. */
function isReadOnlyError(error: unknown): boolean {
  return error instanceof Error &&
    /readonly database|unable to open database file/.test(error.message);
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
