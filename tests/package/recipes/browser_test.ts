/** The browser recipe, in Chromium if it is installed. */
import { assertEquals } from "@std/assert";
import { launchChromium } from "../../runtimes/chromium.ts";
import { installed, NODE_VERSIONS } from "../../runtimes/npx.ts";
import { chromiumVersion } from "../../runtimes/versions.ts";
import { start } from "../../support/children.ts";
import { sessionIds } from "../../support/kept.ts";
import { serveRecipe } from "../../support/recipes.ts";
import { recipeProject } from "./recipe_project.ts";

/** Far longer than any step takes on any machine, in milliseconds. */
const LONG_MS = 300_000;

// playwright-core keeps resources of its browser (1.65.1, 2026-11).
Deno.test({
  name: "the browser recipe syncs once per visit, through its proxy",
  ignore: await chromiumVersion() === undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const packages = ["vite@8.3.8", "idb-keyval@6.3.0"];
    await using project = await recipeProject("browser", ...packages);
    await using server = serveRecipe();
    const { fake, env } = server;
    const node = await installed("node", NODE_VERSIONS.at(-1)!);
    const vite = "node_modules/vite/bin/vite.js";
    await project.run(node, vite, "build");
    await using preview = start(
      node,
      [vite, "preview", "--host", "127.0.0.1", "--port", "0"],
      { cwd: project.directory, env: { ...env, NO_COLOR: "1" } },
    );
    const [, address = ""] = await preview.writes(/(http:\S+)\//);
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(LONG_MS);
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(address);
      await page.fill("[name=email]", "ada@example.com");
      await page.fill("[name=password]", "engine");
      await page.click("button");
      await page.locator("li", { hasText: "beach.jpg" }).waitFor();
      const sessions = await sessionIds(fake);
      assertEquals(sessions.length, 1);

      fake.library.addAsset({ originalFileName: "lake.jpg" });
      fake.requests.length = 0;
      await page.reload();
      await page.locator("li", { hasText: "lake.jpg" }).waitFor();
      assertEquals(await page.locator("li").count(), 2);
      assertEquals(await page.locator("form").isVisible(), false);
      assertEquals(await sessionIds(fake), sessions);
      const [ack] = fake.requests.filter(({ path, method }) =>
        path === "/api/sync/ack" && method === "POST"
      );
      assertEquals(
        JSON.parse(ack!.body).acks.length,
        2,
        "one row and SyncCompleteV1",
      );
      assertEquals(complaints, []);
    } finally {
      await browser.close();
    }
  },
});
