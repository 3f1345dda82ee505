/** Plays the model in Node or Bun, in the SQLite that it brings: games as arguments. */
import process from "node:process";
import { sqlite } from "../../../src/mirror/mod.ts";
import { openSqlite } from "./open.ts";
import { play } from "./play.ts";

const database = sqlite(await openSqlite(":memory:"));
for (const game of process.argv.slice(2)) {
  console.log(await play(database, JSON.parse(game)));
}
