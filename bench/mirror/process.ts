/**
 * Times each way of storing rows in a runtime's SQLite, in interleaved rounds:
 * `process.ts ASSETS ROUNDS FOLDER` prints the times in milliseconds as JSON.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { sqlite, type SqliteDatabase } from "../../src/mirror/mod.ts";
import { openSqlite } from "../../tests/mirror/inside/open.ts";
import { type Batch, generateBatches } from "./rows.ts";
import { makeTables, storeByHand, storeInMirror } from "./ways.ts";

type Way = (
  database: SqliteDatabase,
  batches: Batch[],
) => void | Promise<void>;

const WAYS: Record<string, Way> = {
  "by hand": storeByHand,
  "by hand, a transaction for each batch": (database, batches) => {
    for (const batch of batches) storeByHand(database, [batch]);
  },
  "mirror": (database, batches) => storeInMirror(sqlite(database), batches),
  "rows as JSON": (database, batches) =>
    storeInMirror({ ...sqlite(database), rowsAs: "json" }, batches),
};

const PLACES = ["memory", "file"];

const [assets = "", rounds = "", folder = ""] = process.argv.slice(2);
const samples = JSON.parse(readFileSync(`${folder}/samples.json`, "utf8"));
const batches = generateBatches(samples, Number(assets));
const times: Record<string, number[]> = {};
let files = 0;

async function measure(way: Way, file: string): Promise<number> {
  const database = await openSqlite(file);
  if (file !== ":memory:") database.exec("PRAGMA journal_mode = WAL");
  await makeTables(sqlite(database));
  const started = performance.now();
  await way(database, batches);
  const time = performance.now() - started;
  const [row] = database.prepare("SELECT count(*) AS n FROM exif").all();
  if ((row as { n: number }).n !== Number(assets)) {
    throw new Error("Rows are missing");
  }
  return time;
}

// The first round warms up the compiler.
for (let round = 0; round <= Number(rounds); round++) {
  for (const [name, way] of Object.entries(WAYS)) {
    for (const place of name === "rows as JSON" ? ["memory"] : PLACES) {
      const file = `${folder}/${process.pid}-${files++}.sqlite`;
      const time = await measure(way, place === "file" ? file : ":memory:");
      if (round > 0) (times[`${name} | ${place}`] ??= []).push(time);
    }
  }
}
console.log(JSON.stringify(times));
