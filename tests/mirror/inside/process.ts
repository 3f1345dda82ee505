/**
 * Runs the model test in Node or Bun with the runtime's own SQLite. Takes the
 * parameters as command-line arguments.
 */
import process from "node:process";
import { sqlite } from "../../../src/mirror/mod.ts";
import { openSqlite } from "./open.ts";
import { play } from "./play.ts";

const database = sqlite(await openSqlite(":memory:"));
for (const options of process.argv.slice(2)) {
  console.log(await play(database, JSON.parse(options)));
}
