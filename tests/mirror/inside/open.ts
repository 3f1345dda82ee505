/** Opens databases with a runtime's own SQLite or with better-sqlite3. */
import { createRequire } from "node:module";
import process from "node:process";
import type { SqliteDatabase } from "../../../src/mirror/mod.ts";

/** A database that can be closed. */
export interface Database extends SqliteDatabase {
  close(): void;
  /** Only better-sqlite3 has this method. */
  defaultSafeIntegers?(): void;
}

type Constructor = new (file: string, options?: object) => Database;

/** How a connection returns integers. */
export type Integers = "numbers" | "bigints";

/**
 * Opens a `bun:sqlite` database in Bun and a `node:sqlite` database in Node and
 * Deno. If the environment variable `BETTER_SQLITE3` contains the directory of
 * better-sqlite3, opens a better-sqlite3 database instead.
 */
export async function openSqlite(
  file: string,
  integers: Integers = "numbers",
): Promise<Database> {
  const Database = await findConstructor();
  if (integers === "numbers") return new Database(file);
  const options = { readBigInts: true, safeIntegers: true };
  const database = new Database(file, {
    ...("bun" in process.versions ? { readwrite: true, create: true } : {}),
    ...options,
  });
  database.defaultSafeIntegers?.();
  return database;
}

async function findConstructor(): Promise<Constructor> {
  const directory = process.env.BETTER_SQLITE3;
  if (directory !== undefined) {
    return createRequire(import.meta.url)(directory);
  }
  const name = "bun" in process.versions ? "bun:sqlite" : "node:sqlite";
  const module: Record<string, Constructor> = await import(name);
  return module.Database ?? module.DatabaseSync!;
}
