/**
 * Locks a database file until this process is killed. Arguments: the file, the
 * journal mode and the kind of lock.
 */
import { DatabaseSync } from "node:sqlite";

const [file = "", mode = "", lock = ""] = Deno.args;
const database = new DatabaseSync(file);
database.exec(`PRAGMA journal_mode = ${mode}`);
database.exec("CREATE TABLE IF NOT EXISTS notes (text TEXT)");
if (lock === "writer") {
  database.exec("BEGIN IMMEDIATE");
} else {
  database.exec("BEGIN");
  database.prepare("SELECT * FROM notes").all();
}
console.log("locked");
setInterval(() => {}, 60_000);
