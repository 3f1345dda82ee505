/**
 * The SQLite driver of the runtime: `node:sqlite`, or `bun:sqlite` in Bun.
 *
 * @module
 */
import process from "node:process";
import type { SqliteDatabase } from "../mirror/mod.ts";
import { UsageError } from "./errors.ts";

/** An open SQLite file. */
export interface SqliteFile extends SqliteDatabase {
  /** Closes the file. */
  close(): void;
}

/** Opens a SQLite file. */
export type OpenSqlite = (path: string, isReadOnly: boolean) => SqliteFile;

type Driver = new (path: string, options: object) => SqliteFile;

/**
 * Returns the function that opens files. The driver is loaded only here, so
 * that the other commands work in versions of Node without it.
 *
 * @throws {UsageError} If the runtime has no driver.
 */
export function loadSqlite(load: typeof loadBuiltin = loadBuiltin): OpenSqlite {
  const bun = load("bun:sqlite")?.Database;
  if (bun !== undefined) {
    return (path, readonly) =>
      new bun(path, readonly ? { readonly } : { readwrite: true });
  }
  const node = load("node:sqlite")?.DatabaseSync;
  if (node !== undefined) {
    return (path, readOnly) => new node(path, { readOnly });
  }
  throw new UsageError(
    `This command needs SQLite, which Node includes from version 22.13 on; this is Node ${process.versions.node}. Update Node, or use Deno or Bun`,
  );
}

function loadBuiltin(name: string): Record<string, Driver> | undefined {
  const { emitWarning } = process;
  // Node 22 and 24 warn that their SQLite module is experimental, which is not
  // the user's concern.
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule?.(name) as
      | Record<string, Driver>
      | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}
