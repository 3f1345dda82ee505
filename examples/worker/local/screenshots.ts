/**
 * Takes the pictures of the worker that are in `docs/worker`: with the demo
 * server, in Chromium.
 *
 *     deno task worker:screenshots [folder]
 *
 * @module
 */
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../../../tests/runtimes/chromium.ts";
import { startDemoServer } from "./demo_server.ts";
import { startWorker } from "./workerd.ts";

/** The screens, in the pixels of a style sheet. */
const SCREENS = {
  desk: { viewport: { width: 1280, height: 860 }, colorScheme: "light" },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
} as const;

const [folder = new URL("../../../docs/worker", import.meta.url).pathname] =
  Deno.args;

/** Waits for the pictures that are to be seen. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(`Promise.all(
    [...document.images]
      .filter((image) => {
        const { top, left } = image.getBoundingClientRect();
        return top < innerHeight && left < innerWidth;
      })
      .map((image) => image.decode())
  )`);
}

/** Opens the worker's page, with so many pictures behind it. */
async function visit(
  browser: Browser,
  screen: keyof typeof SCREENS,
  assets: number,
  show: (page: Page, shoot: (name: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  await using demo = await startDemoServer({ assets });
  await using worker = await startWorker({
    bindings: { IMMICH_URL: demo.baseUrl, COOKIE_SECRET: "0".repeat(32) },
  });
  const context = await browser.newContext({
    ...SCREENS[screen],
    deviceScaleFactor: 1.5,
  });
  const page = await context.newPage();
  await page.goto(worker.url);
  await show(page, async (name) => {
    await settle(page);
    const path = `${folder}/${name}-${screen}.jpg`;
    await page.screenshot({ path, type: "jpeg", quality: 85 });
  });
  await context.close();
}

async function signIn(page: Page): Promise<void> {
  await page.click("#sign-in");
  await page.click("#approve");
  await page.click("#sync");
}

const browser = await launchChromium();
await Deno.mkdir(folder, { recursive: true });
for (const screen of ["desk", "phone"] as const) {
  await visit(browser, screen, 900, async (page, shoot) => {
    await shoot("signed-out");
    await signIn(page);
    await page.locator("#progress", { hasText: "Up to date" }).waitFor();
    await shoot("timeline");
    await page.click(".albums a");
    await page.waitForSelector("h1");
    await shoot("album");
    await page.locator(".photos a").nth(1).click();
    await page.waitForSelector("figure");
    await shoot("photo");
  });
  // So many that a run can be seen under way.
  await visit(browser, screen, 12_000, async (page, shoot) => {
    await signIn(page);
    await page.locator("#progress .number", { hasText: /[5-9],\d/ }).waitFor();
    await page.locator(".photos").first().waitFor();
    await shoot("syncing");
  });
}
await browser.close();
