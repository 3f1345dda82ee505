/**
 * Measures how fast a mirror stores rows in the databases that each runtime supports,
 * compared with a hand-written loop.
 *
 *     deno task bench:mirror [--rounds 5] [--assets 100000] [--worker-assets 20000]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { findBun, findNode } from "../tests/support/bun.ts";
import { bundle } from "../tests/support/bundle.ts";
import { run } from "../tools/run.ts";
import { median } from "./median.ts";
import { readSamples } from "./mirror/samples.ts";
import { measureInWorkerd } from "./mirror/workerd.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    rounds: { type: "string", default: "5" },
    assets: { type: "string", default: "100000" },
    "worker-assets": { type: "string", default: "20000" },
  },
});

/** Runs the measurements in a separate process. */
async function measureIn(
  [command = "", ...args]: string[],
  folder: string,
): Promise<Record<string, number[]>> {
  const numbers = [values.assets, values.rounds];
  args.push(`${folder}/bench.mjs`, ...numbers, folder);
  return JSON.parse(await run(command, args));
}

/** Prints each median, and compares it with the hand-written loop in the same place. */
function print(
  runtime: string,
  times: Record<string, number[]>,
  assets: string,
): void {
  for (const [name, all] of Object.entries(times)) {
    const time = median(all);
    const place = name.replace(/.* \| /, "");
    const ratio = median(times[`by hand | ${place}`]!) / time;
    const rate = Math.round(2 * Number(assets) / time);
    console.log(
      `| ${runtime} | ${name} | ${time.toFixed(0)} | ${
        ratio.toFixed(2)
      } | ${rate},000 |`,
    );
  }
}

const samples = await readSamples();
const folder = await Deno.makeTempDir();
try {
  await Deno.writeTextFile(
    `${folder}/bench.mjs`,
    await bundle("bench/mirror/process.ts"),
  );
  await Deno.writeTextFile(`${folder}/samples.json`, JSON.stringify(samples));
  console.log("| runtime | variant | place | ms | ratio | rows/s |");
  console.log("| --- | --- | --- | --: | --: | --: |");
  const runtimes: Record<string, string[]> = {
    Deno: [Deno.execPath(), "run", "-A"],
    Bun: [await findBun()],
    Node: [await findNode()],
  };
  for (const [name, command] of Object.entries(runtimes)) {
    print(name, await measureIn(command, folder), values.assets);
  }
  const assets = values["worker-assets"];
  const rounds = Number(values.rounds);
  print(
    "workerd",
    await measureInWorkerd(samples, Number(assets), rounds),
    assets,
  );
} finally {
  await Deno.remove(folder, { recursive: true });
}
// Miniflare keeps the process alive (4.20260730.0, 2026-11).
Deno.exit(0);
