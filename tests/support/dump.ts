/** Reads everything in a database. */
import type { MirrorDatabase } from "../../src/mirror/mod.ts";

/** Returns a database's schema and all of its rows. */
export async function dump(
  database: MirrorDatabase,
): Promise<Record<string, unknown>> {
  const schema = await database.all(
    "SELECT type, name, sql FROM sqlite_master ORDER BY name",
    [],
  );
  const rows: Record<string, unknown> = { schema };
  for (const { name } of schema.filter(({ type }) => type === "table")) {
    rows[String(name)] = await database.all(`SELECT * FROM "${name}"`, []);
  }
  return rows;
}
