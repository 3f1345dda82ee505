/**
 * Syncs a mirror with this runtime's SQLite. Arguments: the file and the busy
 * timeout in milliseconds.
 */
import process from "node:process";
import { sqlite } from "../../../src/mirror/mod.ts";
import { syncOnce, watched } from "./busy.ts";
import { openSqlite } from "./open.ts";

const [file = "", busyTimeoutMs] = process.argv.slice(2);
const database = watched(await openSqlite(file), () => console.log("busy"));
const options = { busyTimeoutMs: Number(busyTimeoutMs) };
console.log(await syncOnce(sqlite(database, options)));
