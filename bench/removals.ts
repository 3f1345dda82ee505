/**
 * Measures the cost of ending a sync for libraries of several sizes: the time
 * in Deno with a database file, and the numbers of rows read and written by a
 * Durable Object.
 *
 *     deno task bench:removals [--assets 100000,400000,1000000] [--rounds 3]
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import {
  numberOption,
  numbersOption,
  readTask,
} from "../tools/task_options.ts";
import { sqlite } from "../src/mirror/mod.ts";
import { median } from "./median.ts";
import { toSteps } from "./mirror/removal_steps.ts";
import { readSamples } from "./mirror/samples.ts";
import { countRows } from "./mirror/workerd.ts";

const { values } = readTask({
  task: "bench:removals",
  options: {
    assets: {
      ...numbersOption("The sizes of the libraries"),
      default: "100000,400000,1000000",
    },
    rounds: { ...numberOption("The number of rounds"), default: "3" },
  },
});

const samples = await readSamples();

/** Times each step in milliseconds. All steps use the same new file. */
async function measure(assets: number): Promise<Record<string, number>> {
  const folder = await Deno.makeTempDir();
  try {
    using database = new DatabaseSync(`${folder}/mirror.sqlite`);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    const times: Record<string, number> = {};
    for (
      const [name, work] of await toSteps(sqlite(database), samples, assets)
    ) {
      const started = performance.now();
      await work();
      times[name] = performance.now() - started;
    }
    return times;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

console.log("| assets | step | ms | rows read | rows written |");
console.log("| --: | --- | --: | --: | --: |");
for (const assets of values.assets) {
  const rounds: Record<string, number>[] = [];
  for (let round = 0; round < values.rounds; round++) {
    rounds.push(await measure(assets));
  }
  const rows = await countRows(samples, assets);
  for (const [name, { read, written }] of Object.entries(rows)) {
    if (name.startsWith("-")) continue;
    const time = median(rounds.map((times) => times[name]!)).toFixed(1);
    console.log(`| ${assets} | ${name} | ${time} | ${read} | ${written} |`);
  }
}
// Miniflare keeps the process alive (4.20260730.0, 2026-11).
Deno.exit(0);
