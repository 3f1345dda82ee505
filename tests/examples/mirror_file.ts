/** Checks the SQLite files of the examples, and how their processes exit. */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { createMirror, sqlite } from "../../src/mirror/mod.ts";
import type { FakeImmich } from "../../src/testing/mod.ts";
import { assertMirrors } from "../mirror/mirror_replica.ts";
import type { Child } from "../support/children.ts";

/** Asserts that the mirror in a file matches the server. */
export async function assertHolds(
  { file, fake }: { file: string; fake: FakeImmich },
): Promise<void> {
  using database = new DatabaseSync(file);
  const userId = fake.user.id;
  const mirror = await createMirror(sqlite(database), { userId });
  await assertMirrors(mirror, fake.snapshot());
}

/** Asserts that a process exits successfully, without warnings. */
export async function assertSucceeds(child: Child): Promise<void> {
  const { code, stderr } = await child.outcome;
  assertEquals([code, stderr], [0, ""]);
}

/** Queries a file that a run may be writing to. */
export function query(file: string, sql: string): Record<string, unknown>[] {
  using database = new DatabaseSync(file, { readOnly: true });
  return database.prepare(sql).all();
}

/** Returns the number of events stored in a file. */
export function countEvents(file: string): number {
  const [row] = query(file, "SELECT sum(events) AS n FROM mirror_events");
  return Number(row?.n);
}

/** Returns the number of rows in a file's table. */
export function countRows(file: string, table: string): number {
  return Number(query(file, `SELECT count(*) AS n FROM ${table}`)[0]?.n);
}
