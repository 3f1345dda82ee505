/** The number of rows that pages read, as billed by Cloudflare. */
import { assert, assertEquals } from "@std/assert";
import { Miniflare } from "miniflare";
import { bundle } from "../../support/bundle.ts";
import { ROOT } from "../../support/sources.ts";
import { workerTest } from "./harness.ts";

/** Returns the number of rows that each part reads from a copy of the demo's library. */
async function countRows(assets: number): Promise<Record<string, number>> {
  const entry = new URL("inside/rows_worker.ts", import.meta.url).pathname;
  const path = "tests/transcripts/3.1.0/03-sync-admin/002-initial-all.ndjson";
  const recording = await Deno.readTextFile(new URL(path, ROOT));
  const miniflare = new Miniflare({
    modules: true,
    script: await bundle(entry, "--external=cloudflare:workers"),
    compatibilityDate: "2026-07-01",
    durableObjects: { ROWS: { className: "Rows", useSQLite: true } },
  });
  try {
    const body = JSON.stringify({ assets, recording });
    const url = await miniflare.ready;
    const response = await fetch(url, { method: "POST", body });
    assertEquals(response.status, 200);
    return await response.json();
  } finally {
    await miniflare.dispose();
  }
}

workerTest(
  "pages read at most 500 rows, even from a large library",
  async () => {
    for (const assets of [600, 10_000]) {
      const { "the end of a run": _, ...pages } = await countRows(assets);
      for (const [page, rows] of Object.entries(pages)) {
        assert(rows <= 500, `${page} reads ${rows} rows with ${assets} assets`);
      }
    }
  },
);
