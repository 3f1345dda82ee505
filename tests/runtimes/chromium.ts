/** Runs the tests in a page of Chromium, as Debian and others install it. */
import { type Browser, chromium } from "playwright-core";
import type { Numbered } from "./report.ts";
import type { Grounds } from "./runtimes.ts";

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

/** Where Chromium is: `CHROMIUM` says it, where it is not where Debian has it. */
function chromiumPath(): string {
  return Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
}

/** The version that is installed, if one is. */
export async function chromiumVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command(chromiumPath(), {
      args: ["--version"],
      stderr: "null",
    }).output();
    return /\d[\d.]+/.exec(new TextDecoder().decode(stdout))?.[0];
  } catch {
    return undefined;
  }
}

/** Starts it, with nobody's settings. */
export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
}

/** In a page whose origin is none of the servers'. */
export async function* runInChromium(
  { control }: Grounds,
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
