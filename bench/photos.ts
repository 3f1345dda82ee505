/**
 * Measures the worker from `examples/photos` in workerd, with a large library: the
 * first sync, page requests, and a sync with few changes.
 *
 *     deno task bench:photos [--assets 50000] [--rounds 3]
 *
 * @module
 */
import { numberOption, readTask } from "../tools/task_options.ts";
import type { Browser } from "../tests/examples/photos/browser.ts";
import { PhotosApp, syncNow } from "../tests/examples/photos/harness.ts";
import { median } from "./median.ts";
import { cpuTime, peakBytes } from "./usage.ts";

/** Number of consecutive page requests. */
const PAGES = 20;
const MEGABYTE = 1_000_000;

const { values } = readTask({
  task: "bench:photos",
  options: {
    assets: { ...numberOption("The number of assets"), default: "50000" },
    rounds: { ...numberOption("The number of rounds"), default: "3" },
  },
});

/** Returns the duration of a page request in milliseconds. */
async function timePage(browser: Browser): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < PAGES; i++) {
    const started = performance.now();
    await browser.get("/");
    times.push(performance.now() - started);
  }
  return median(times);
}

/**
 * Returns the milliseconds from the click until the page shows that the run has
 * ended.
 */
async function timeSync(browser: Browser): Promise<number> {
  const started = performance.now();
  await syncNow(browser);
  return performance.now() - started;
}

/** Measures a new worker. Returns the measured values by name. */
async function measure(assets: number): Promise<Record<string, number>> {
  await using worker = await PhotosApp.start();
  const { fake: { library }, storage } = worker;
  const pid = await worker.findProcess();
  for (let i = 0; i < assets; i++) {
    const taken = new Date(Date.UTC(2026, 0, 1) - i * 3_600_000);
    library.addAsset({ localDateTime: taken.toISOString() });
  }
  const { browser } = await worker.signIn();
  const before = cpuTime(pid);
  const asked = worker.arrivals.length;
  const wall = await timeSync(browser);
  const requests = worker.arrivals.length - asked;
  const cpu = cpuTime(pid) - before;
  const { phase, run } = storage.copy;
  if (phase !== "idle" || run === undefined) throw new Error("The sync failed");
  if (storage.count("assets") !== assets) throw new Error("Rows are missing");
  const first = {
    "first sync: ms": wall,
    "first sync: CPU ms of workerd": cpu,
    "first sync: rows": run.events,
    "first sync: rows stored per second": run.events * 1000 / wall,
    "first sync: requests": requests,
    "first sync: windows": run.windows,
    "database: MB": storage.bytes / MEGABYTE,
    "peak memory of workerd: MB": peakBytes(pid) / MEGABYTE,
  };
  const page = await timePage(browser);
  const unchanged = await timeSync(browser);
  library.addAsset();
  const changed = await timeSync(browser);
  return {
    ...first,
    "a page: ms": page,
    "sync without changes, and the page after it: ms": unchanged,
    "sync with one new photo, and the page after it: ms": changed,
  };
}

const rounds: Record<string, number>[] = [];
for (let i = 0; i < values.rounds; i++) {
  rounds.push(await measure(values.assets));
}
console.log(`| ${values.assets} assets | median of ${rounds.length} |`);
console.log("| --- | --: |");
for (const name of Object.keys(rounds[0] ?? {})) {
  const value = median(rounds.map((round) => round[name]!));
  const text = Math.round(value).toLocaleString("en");
  console.log(`| ${name} | ${text} |`);
}
// Miniflare keeps the process alive (4.20260730.0, 2026-11).
Deno.exit(0);
