/** Opens a page in an installed Chromium, and runs the tests in that page. */
import { type Browser, chromium } from "playwright-core";
import type { Numbered } from "./report.ts";
import type { RunContext } from "./runtimes.ts";
import { chromiumPath } from "./versions.ts";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A generous limit for starting Chromium, in milliseconds. */
const LONG_MS = 300_000;

/** Starts Chromium with a new profile. */
export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({
    executablePath: chromiumPath(),
    args: FLAGS,
    timeout: LONG_MS,
  });
}

/** Runs the tests in a page whose origin differs from the servers'. */
export async function* runInChromium(
  { control }: RunContext,
): AsyncGenerator<Numbered> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(control);
    const place = JSON.stringify({ runtime: "browser", control });
    for (let index = 0, of = 1; index < of; index++) {
      const outcome: Numbered = await page.evaluate(`
        import("/bundle.mjs").then(async ({ countCases, runCase }) => ({
          index: ${index},
          of: countCases(),
          ...await runCase(${index}, ${place}),
        }))
      `);
      of = outcome.of;
      yield outcome;
    }
  } finally {
    await browser.close();
  }
}
