/**
 * Takes the screenshots of the app, with the demo server, in Chromium.
 *
 *     deno task photos:screenshots [folder]
 *
 * @module
 */
import { launchChromium } from "../../../tests/runtimes/chromium.ts";
import { readTask } from "../../../tools/task_options.ts";
import { startDemoServer } from "./demo_server.ts";
import { startWorker } from "./workerd.ts";

const SCREENSHOTS = new URL("../screenshots", import.meta.url).pathname;

const SCREENS = {
  desk: { viewport: { width: 1280, height: 860 }, colorScheme: "light" },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
} as const;

const { positionals: [folder = SCREENSHOTS] } = readTask({
  task: "photos:screenshots",
  options: {},
  positionals: ["folder"],
});

/** Resolves when all pictures on the screen have loaded. */
const SETTLE = `Promise.all(
  [...document.images]
    .filter((image) => {
      const { top, left } = image.getBoundingClientRect();
      return top < innerHeight && left < innerWidth;
    })
    .map((image) => image.decode())
)`;

await using demo = await startDemoServer();
await using worker = await startWorker({
  bindings: { IMMICH_URL: demo.baseUrl, COOKIE_SECRET: "0".repeat(32) },
});
const browser = await launchChromium();
await Deno.mkdir(folder, { recursive: true });
for (const [name, screen] of Object.entries(SCREENS)) {
  const page = await browser.newPage({ ...screen, deviceScaleFactor: 1.5 });
  await page.goto(worker.url);
  await page.click("#sign-in");
  await page.click("#approve");
  await page.click("#sync");
  await page.locator("#progress", { hasText: "Up to date" }).waitFor();
  await page.evaluate(SETTLE);
  const path = `${folder}/timeline-${name}.jpg`;
  await page.screenshot({ path, type: "jpeg", quality: 56 });
  await page.close();
}
await browser.close();
