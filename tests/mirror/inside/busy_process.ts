/**
 * Syncs a mirror with this runtime's SQLite. Arguments: the file, the busy timeout
 * in milliseconds and, optionally, how the connection is in use.
 */
import process from "node:process";
import { sqlite } from "../../../src/mirror/mod.ts";
import { syncInUse, syncOnce, type Use, watched } from "./busy.ts";
import { openSqlite } from "./open.ts";

const [file = "", timeout, use] = process.argv.slice(2);
const busyTimeoutMs = Number(timeout);
const database = await openSqlite(file);
const onBusy = () => console.log("busy");
console.log(
  await (use === undefined
    ? syncOnce(sqlite(watched(database, onBusy), { busyTimeoutMs }))
    : syncInUse(database, use as Use, busyTimeoutMs)),
);
