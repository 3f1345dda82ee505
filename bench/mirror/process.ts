/**
 * Times the variants of storing rows in a runtime's SQLite, in interleaved
 * rounds: `process.ts ASSETS ROUNDS ONLY FOLDER` prints the times in
 * milliseconds as JSON. `ONLY` is a pattern that matches the names of the
 * variants to measure.
 *
 * @module
 */
import { readFileSync, rmSync } from "node:fs";
import process from "node:process";
import { sqlite, type SqliteDatabase } from "../../src/mirror/mod.ts";
import { openSqlite } from "../../tests/mirror/inside/open.ts";
import { type Batch, generateBatches } from "./rows.ts";
import { makeTables, storeByHand, storeInMirror } from "./ways.ts";

type Way = (
  database: SqliteDatabase,
  batches: Iterable<Batch>,
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

const [assets = "", rounds = "", only = "", folder = ""] = process.argv
  .slice(2);
const samples = JSON.parse(readFileSync(`${folder}/samples.json`, "utf8"));
const times: Record<string, number[]> = {};
let files = 0;

/** Returns the time that a variant takes, excluding the time to generate the rows. */
async function measure(way: Way, file: string): Promise<number> {
  const database = await openSqlite(file);
  if (file !== ":memory:") {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  }
  await makeTables(sqlite(database));
  let generating = 0;
  function* generate(): Generator<Batch, void> {
    const batches = generateBatches(samples, Number(assets));
    while (true) {
      const started = performance.now();
      const { done, value } = batches.next();
      generating += performance.now() - started;
      if (done) return;
      yield value;
    }
  }
  const started = performance.now();
  await way(database, generate());
  const time = performance.now() - started - generating;
  const [row] = database.prepare("SELECT count(*) AS n FROM exif").all();
  if ((row as { n: number }).n !== Number(assets)) {
    throw new Error("Rows are missing");
  }
  database.close();
  return time;
}

// The first round warms up the compiler.
for (let round = 0; round <= Number(rounds); round++) {
  for (const [name, way] of Object.entries(WAYS)) {
    for (const place of name === "rows as JSON" ? ["memory"] : PLACES) {
      const full = `${name} | ${place}`;
      if (!new RegExp(only).test(full)) continue;
      const file = `${folder}/${process.pid}-${files++}.sqlite`;
      const time = await measure(way, place === "file" ? file : ":memory:");
      for (const end of ["", "-wal", "-shm"]) {
        rmSync(`${file}${end}`, { force: true });
      }
      if (round > 0) (times[full] ??= []).push(time);
    }
  }
}
console.log(JSON.stringify(times));
