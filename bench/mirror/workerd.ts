/**
 * Measures each variant of storing rows in workerd, with Miniflare.
 *
 * @module
 */
import { Miniflare } from "miniflare";
import { bundle } from "../../tests/support/bundle.ts";
import type { RowCounts } from "../../tests/mirror/inside/row_counts.ts";
import type { Samples } from "./rows.ts";

/** The variants, keyed by their names in the table. */
const WAYS = {
  "by hand": "by hand",
  "mirror in a Durable Object": "object",
  "mirror in D1": "d1",
};

/** Starts a worker, and returns a function that sends it commands. */
async function start(): Promise<
  AsyncDisposable & { send(what: string, more?: object): Promise<Response> }
> {
  const miniflare = new Miniflare({
    modules: true,
    script: await bundle("bench/mirror/worker.ts"),
    compatibilityDate: "2026-07-01",
    durableObjects: {
      OBJECTS: { className: "BenchObject", useSQLite: true },
    },
    d1Databases: ["DB"],
  });
  const url = await miniflare.ready;
  return {
    async send(what, more = {}) {
      const body = JSON.stringify({ what, ...more });
      const response = await fetch(url, { method: "POST", body });
      if (!response.ok) throw new Error(await response.text());
      return response;
    },
    [Symbol.asyncDispose]: () => miniflare.dispose(),
  };
}

/**
 * Counts the rows read and written in each step by a mirror in a Durable
 * Object.
 */
export async function countRows(
  samples: Samples,
  assets: number,
): Promise<Record<string, RowCounts>> {
  await using worker = await start();
  const response = await worker.send("removals", { samples, assets });
  return await response.json();
}

/** Times each variant in milliseconds, in interleaved rounds. */
export async function measureInWorkerd(
  samples: Samples,
  assets: number,
  rounds: number,
): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = {};
  // The first round warms up the compiler.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, way] of Object.entries(WAYS)) {
      await using worker = await start();
      await worker.send("prepare", { samples, assets });
      const started = performance.now();
      await worker.send(way);
      if (round > 0) {
        (times[`${name} | temporary file`] ??= []).push(
          performance.now() - started,
        );
      }
    }
  }
  return times;
}
