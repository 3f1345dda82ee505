/**
 * Measures the CPU time of each variant in workerd, the Cloudflare Workers runtime.
 * The kernel reports the time, because workerd's own clock does not advance while
 * code runs.
 *
 *     deno run -A tools/with_jsr.ts run --no-check -A bench/workerd.ts [--events 400000]
 *
 * @module
 */
import { Miniflare } from "miniflare";
import { bundle } from "../tests/support/bundle.ts";
import { readOptions } from "./options.ts";
import { findWorkerd } from "./processes.ts";
import { cpuTime } from "./usage.ts";
import { WAYS } from "./ways.ts";

/** Number of events to read before measuring, to warm up the compiler. */
const WARM_UP = 40_000;

const values = readOptions("bench:workerd", { events: "400000" });

const miniflare = new Miniflare({
  modules: true,
  script: await bundle("bench/reader.ts", "--platform=browser"),
  compatibilityDate: "2026-01-01",
});
const { href } = await miniflare.ready;
const id = await findWorkerd(href);

async function run(way: string, events: number): Promise<void> {
  const query = new URLSearchParams({ way, events: String(events) });
  const response = await fetch(`${href}?${query}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${way} failed: ${text}`);
}

const events = Number(values.events);
console.log("| variant | CPU ms per 100,000 events | ratio |");
console.log("| --- | --: | --: |");
let limit: number | undefined;
for (const way of Object.keys(WAYS)) {
  // A string containing this many events would exceed a Worker's memory limit.
  if (way === "whole body as text") continue;
  await run(way, WARM_UP);
  const before = cpuTime(id);
  await run(way, events);
  const time = (cpuTime(id) - before) * 100_000 / events;
  limit ??= time;
  console.log(`| ${way} | ${time.toFixed(0)} | ${(limit / time).toFixed(2)} |`);
}
await miniflare.dispose();
