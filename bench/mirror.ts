/**
 * Measures how fast a mirror stores rows in the databases supported by each
 * runtime, compared with a hand-written loop.
 *
 *     deno task bench:mirror [--rounds 5] [--assets 100000,400000,1000000]
 *       [--worker-assets 20000] [--only "RUNTIME VARIANT"]
 *
 * `--only` takes two patterns, one for runtimes and one for variants: `--only
 * "Deno ^mirror"`.
 *
 * @module
 */
import { findBun, findNode } from "../tests/support/bun.ts";
import { bundle } from "../tests/support/bundle.ts";
import { run } from "../tools/run.ts";
import { median } from "./median.ts";
import { readSamples } from "./mirror/samples.ts";
import { measureInWorkerd } from "./mirror/workerd.ts";
import { readOptions } from "./options.ts";

const { rounds, assets, only, ...more } = readOptions("bench:mirror", {
  rounds: "5",
  assets: "100000",
  "worker-assets": "20000",
  only: "",
});
const [runtimePattern = "", ...wayPattern] = only.split(" ");

/** Runs the measurements in a separate process. */
async function measureIn(
  [command = "", ...args]: string[],
  count: string,
  folder: string,
): Promise<Record<string, number[]>> {
  const parameters = [count, rounds, wayPattern.join(" "), folder];
  args.push(`${folder}/bench.mjs`, ...parameters);
  return JSON.parse(await run(command, args));
}

/**
 * Prints each median and its ratio to the hand-written loop's median in the
 * same place.
 */
function print(
  runtime: string,
  times: Record<string, number[]>,
  count: string,
): void {
  for (const [name, all] of Object.entries(times)) {
    const time = median(all);
    const place = name.replace(/.* \| /, "");
    const byHand = times[`by hand | ${place}`];
    const ratio = byHand ? (median(byHand) / time).toFixed(2) : "";
    const rate = Math.round(2 * Number(count) / time);
    console.log(
      `| ${runtime} | ${count} | ${name} | ${
        time.toFixed(0)
      } | ${ratio} | ${rate},000 |`,
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
  console.log("| runtime | assets | variant | place | ms | ratio | rows/s |");
  console.log("| --- | --: | --- | --- | --: | --: | --: |");
  const runtimes: Record<string, string[]> = {
    Deno: [Deno.execPath(), "run", "-A"],
    Bun: [await findBun()],
    Node: [await findNode()],
  };
  const isAsked = (runtime: string) => new RegExp(runtimePattern).test(runtime);
  for (const count of assets.split(",")) {
    for (const [name, command] of Object.entries(runtimes)) {
      if (!isAsked(name)) continue;
      print(name, await measureIn(command, count, folder), count);
    }
  }
  if (isAsked("workerd")) {
    const count = more["worker-assets"];
    print(
      "workerd",
      await measureInWorkerd(samples, Number(count), Number(rounds)),
      count,
    );
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
// Miniflare keeps the process alive (4.20260730.0, 2026-11).
Deno.exit(0);
