/** Opens SQLite databases in any runtime. */
import process from "node:process";
import type { SqliteDatabase } from "../../../src/mirror/mod.ts";

type Constructor = new (file: string) => SqliteDatabase;

/**
 * Opens a database of `bun:sqlite` in Bun, and of `node:sqlite` in Node and
 * Deno.
 */
export async function openSqlite(file: string): Promise<SqliteDatabase> {
  const name = "bun" in process.versions ? "bun:sqlite" : "node:sqlite";
  const module: Record<string, Constructor> = await import(name);
  const Database = module.Database ?? module.DatabaseSync!;
  return new Database(file);
}
