/**
 * Measures the ways in workerd, as Miniflare runs it.
 *
 * @module
 */
import { Miniflare } from "miniflare";
import { bundle } from "../../tests/support/bundle.ts";
import type { Samples } from "./rows.ts";

/** Ways, by the names that the table gives them. */
const WAYS = {
  "by hand": "by hand",
  "mirror in a Durable Object": "object",
  "mirror in D1": "d1",
};

/** Milliseconds of each way, in rounds that take turns. */
export async function measureInWorkerd(
  samples: Samples,
  assets: number,
  rounds: number,
): Promise<Record<string, number[]>> {
  const script = await bundle("bench/mirror/worker.ts");
  const times: Record<string, number[]> = {};
  // The first round is for the compiler.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, way] of Object.entries(WAYS)) {
      const miniflare = new Miniflare({
        modules: true,
        script,
        compatibilityDate: "2026-07-01",
        durableObjects: {
          OBJECTS: { className: "BenchObject", useSQLite: true },
        },
        d1Databases: ["DB"],
      });
      const url = await miniflare.ready;
      const order = async (what: string, more: object = {}) => {
        const body = JSON.stringify({ what, ...more });
        const answer = await fetch(url, { method: "POST", body });
        if (!answer.ok) throw new Error(await answer.text());
      };
      await order("prepare", { samples, assets });
      const started = performance.now();
      await order(way);
      if (round > 0) {
        (times[`${name} | temporary file`] ??= []).push(
          performance.now() - started,
        );
      }
      await miniflare.dispose();
    }
  }
  return times;
}
