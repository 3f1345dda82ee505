/** The library in workerd, with compatibility dates that are in use. */
import { assertEquals } from "@std/assert";
import { Miniflare } from "miniflare";
import { FakeImmich } from "../../src/testing/mod.ts";
import { bundle } from "../support/bundle.ts";
import { listen } from "../support/listen.ts";

const WORKER = `
import { login, sync } from "${new URL("../../mod.ts", import.meta.url)}";
export default {
  async fetch(request, { IMMICH_URL: baseUrl }) {
    const session = await login("demo@immich.test", "demo", { baseUrl });
    const names = [];
    await sync(session, ["AssetsV2"], {
      process({ events }) {
        for (const { data } of events) names.push(data.originalFileName);
      },
      reset() {},
    });
    return Response.json(names);
  },
};`;

async function bundleWorker(): Promise<string> {
  const entry = await Deno.makeTempFile({ suffix: ".js" });
  try {
    await Deno.writeTextFile(entry, WORKER);
    const config = new URL("../../deno.json", import.meta.url).pathname;
    return await bundle(entry, "--platform=browser", "--config", config);
  } finally {
    await Deno.remove(entry);
  }
}

const script = await bundleWorker();

/**
 * With dates from 2022-11-30 on, streams have constructors. With dates from
 * 2024-11-11 on, requests support a cache mode; with earlier dates, they throw
 * if one is set (measured with 4.20260730.0, 2026-11).
 */
const DATES: Record<string, string | null> = {
  "2022-11-30": null,
  "2024-11-10": null,
  "2024-11-11": "no-cache",
  "2025-08-07": "no-cache",
  "2026-07-01": "no-cache",
};

for (const [date, cacheControl] of Object.entries(DATES)) {
  // Miniflare leaves a message port open and a file removal pending
  // (4.20260730.0, 2026-11).
  Deno.test({
    name:
      `a worker with compatibility date ${date} syncs, with a cache mode if supported`,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const fake = new FakeImmich();
      fake.library.addAsset({ originalFileName: "beach.jpg" });
      const seen = new Set<string | null>();
      await using server = listen((request) => {
        seen.add(request.headers.get("cache-control"));
        return fake.handler(request);
      });
      const miniflare = new Miniflare({
        modules: true,
        script,
        compatibilityDate: date,
        bindings: { IMMICH_URL: server.baseUrl },
      });
      try {
        const answer = await miniflare.dispatchFetch("http://worker.test");
        assertEquals(await answer.text(), '["beach.jpg"]');
        assertEquals([...seen], [cacheControl]);
      } finally {
        await miniflare.dispose();
      }
    },
  });
}
