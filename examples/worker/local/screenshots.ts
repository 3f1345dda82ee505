/**
 * Takes the pictures of the worker that are in `docs/worker`: with the demo
 * server, in Chromium.
 *
 *     deno task worker:screenshots [folder]
 *
 * @module
 */
import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumPath, FLAGS } from "../../../tests/runtimes/chromium.ts";
import { startDemoServer } from "./demo_server.ts";
import { startWorker } from "./workerd.ts";

/** The screens, in the pixels of a style sheet. */
const SCREENS = {
  desk: { width: 1280, height: 860 },
  phone: { width: 390, height: 844 },
};

const [folder = new URL("../../../docs/worker", import.meta.url).pathname] =
  Deno.args;

/** Waits for the pictures that are to be seen. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await page.evaluate("document.fonts.ready");
}

async function visit(
  browser: Browser,
  screen: keyof typeof SCREENS,
  colorScheme: "light" | "dark",
): Promise<void> {
  await using demo = await startDemoServer({ assets: 20_000 });
  await using worker = await startWorker({
    bindings: { IMMICH_URL: demo.baseUrl, COOKIE_SECRET: "0".repeat(32) },
  });
  const context = await browser.newContext({
    viewport: SCREENS[screen],
    deviceScaleFactor: 2,
    colorScheme,
  });
  const page = await context.newPage();
  const shoot = async (name: string) => {
    const path = `${folder}/${name}-${screen}.png`;
    await page.screenshot({ path });
  };
  page.on("console", (m) => console.log(m.text(), m.location().url));
  page.on("requestfailed", (m) => console.log(m.url(), m.failure()));
  await page.goto(worker.url);
  await settle(page);
  await shoot("signed-out");
  await page.click("#sign-in");
  await page.click("#approve");
  await page.click("#sync");
  // Some way into it, as it is mostly seen.
  await page.locator("#progress .number", { hasText: /\d\d,\d/ }).waitFor();
  await shoot("syncing");
  await page.waitForSelector("#progress:not([data-running])");
  await settle(page);
  await shoot("timeline");
  await page.click(".albums a");
  await settle(page);
  await shoot("album");
  await page.click(".photos a");
  await settle(page);
  await shoot("photo");
  await context.close();
}

const browser = await chromium.launch({
  executablePath: chromiumPath(),
  args: FLAGS,
});
await Deno.mkdir(folder, { recursive: true });
await visit(browser, "desk", "light");
await visit(browser, "phone", "dark");
await browser.close();
