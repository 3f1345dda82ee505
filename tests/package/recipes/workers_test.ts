/** The recipes for Cloudflare Workers, in workerd. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Miniflare } from "miniflare";
import { sessionIds } from "../../support/kept.ts";
import { filesIn, serveRecipe } from "../../support/recipes.ts";
import { test } from "../../support/test.ts";
import { installed, NODE_VERSIONS } from "../../runtimes/npx.ts";
import type { Project } from "../project.ts";
import { recipeProject } from "./recipe_project.ts";

const TYPES = ["@cloudflare/workers-types@5.20261117.1", "typescript@5.9.3"];

/** A worker with a cron trigger. Miniflare's types omit this method. */
interface Scheduled {
  scheduled(): Promise<{ outcome: string }>;
}

/** Type-checks files with Cloudflare's types. */
async function checkTypes(project: Project, ...files: string[]): Promise<void> {
  const options = "--noEmit --strict --target es2022 --module esnext " +
    "--moduleResolution bundler --lib es2022 --types @cloudflare/workers-types";
  await project.run("npx", "tsc", ...options.split(" "), ...files);
}

// Miniflare leaves a message port open and a file removal pending
// (4.20260730.0, 2026-11).
Deno.test({
  name: "the Hono recipe syncs a mirror beside the application's tables",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const packages = [...TYPES, "hono@4.13.19", "wrangler@4.164.0"];
    await using project = await recipeProject("hono-d1", ...packages);
    await checkTypes(project, "src/index.ts");
    const node = await installed("node", NODE_VERSIONS.at(-1)!);
    const settings = "WRANGLER_SEND_METRICS=false XDG_CONFIG_HOME=.";
    await project.write("secrets.env", "IMMICH_PASSWORD=a\nPAGE_PASSWORD=b\n");
    const deployment = await project.run(
      "sh",
      "-c",
      `${settings} ${node} node_modules/wrangler/bin/wrangler.js deploy ` +
        "--secrets-file secrets.env --dry-run --outdir dist 2>&1",
    );
    assert(!/warn|unexpected/i.test(deployment), deployment);
    assertMatch(deployment, /^env\.DB \(photos\) +D1 Database/m);

    await using server = serveRecipe();
    const miniflare = new Miniflare({
      modules: true,
      script: await Deno.readTextFile(`${project.directory}/dist/index.js`),
      compatibilityDate: "2026-07-01",
      bindings: { ...server.env, PAGE_PASSWORD: "secret" },
      d1Databases: ["DB"],
    });
    try {
      const database = await miniflare.getD1Database("DB");
      const tables = (await filesIn("hono-d1")).get(
        "migrations/0001_tables.sql",
      )!;
      for (const sql of tables.split("\n").slice(1, -1)) {
        await database.exec(sql);
      }
      const worker: unknown = await miniflare.getWorker();
      const runCron = () => (worker as Scheduled).scheduled();
      const origin = await miniflare.ready;
      const authorization = `Basic ${btoa("me:secret")}`;
      const open = async (path: string, init: RequestInit = {}) => {
        const headers = { authorization };
        return await fetch(new URL(path, origin), { headers, ...init });
      };
      assertEquals((await runCron()).outcome, "ok");
      const sessions = await sessionIds(server.fake);
      const [{ id }] = await (await open("/")).json();
      const put = await open(`/notes/${id}`, { method: "PUT", body: "Basel" });
      assertEquals(put.status, 204);
      server.fake.library.addAsset({
        originalFileName: "lake.jpg",
        localDateTime: "2100-01-01T00:00:00.000Z",
      });
      assertEquals((await runCron()).outcome, "ok");
      const photos: { name: string; note: string | null }[] =
        await (await open("/")).json();
      assertEquals(photos.map(({ name, note }) => [name, note]), [
        ["lake.jpg", null],
        ["beach.jpg", "Basel"],
      ]);
      assertEquals(await sessionIds(server.fake), sessions);
      const stranger = await open("/", { headers: {} });
      await stranger.body?.cancel();
      assertEquals(stranger.status, 401);
    } finally {
      await miniflare.dispose();
    }
  },
});

test("the session stores for Workers compile with Cloudflare's types", async () => {
  await using project = await recipeProject("session-stores", ...TYPES);
  await checkTypes(project, "worker_stores.ts");
});
