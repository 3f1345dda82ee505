/** The adapter for SQLite in Deno, Node and Bun. */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { sqlite } from "../../src/mirror/mod.ts";
import { test } from "../support/test.ts";

/**
 * Writes to a database, and returns the size of the connection's page cache in
 * KiB.
 */
async function cacheAfterWrite(setUp: string): Promise<unknown> {
  using database = new DatabaseSync(":memory:");
  database.exec(setUp);
  await sqlite(database).batch([{ sql: "CREATE TABLE t (a)", params: [] }]);
  const row = database.prepare("PRAGMA cache_size").get();
  return -Number(row?.cache_size);
}

test("a connection's page cache is enlarged from the default to 64 MB", async () => {
  assertEquals(await cacheAfterWrite(""), 65_536);
});

test("a page cache keeps its size if the caller has set it", async () => {
  assertEquals(await cacheAfterWrite("PRAGMA cache_size = -500"), 500);
});

test("rows are objects even if the connection returns arrays", async () => {
  // Deno's own types do not know this option yet (Deno 2.9, 2026-11-27).
  const options: object = { returnArrays: true };
  using database = new DatabaseSync(":memory:", options);
  assertEquals(
    await sqlite(database).all("SELECT ? AS a, 2 AS b", [1]),
    [{ a: 1, b: 2 }],
  );
});
