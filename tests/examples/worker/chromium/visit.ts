/** A visitor of the worker, in Chromium as Debian and others install it. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import {
  type DemoServer,
  startDemoServer,
} from "../../../../examples/worker/local/demo_server.ts";
import {
  startWorker,
  type Worker,
} from "../../../../examples/worker/local/workerd.ts";
import { launchChromium } from "../../../runtimes/chromium.ts";
import { chromiumVersion } from "../../../runtimes/versions.ts";

/** A worker with the demo server, and a browser in front of it. */
export interface Visit extends AsyncDisposable {
  demo: DemoServer;
  worker: Worker;
  page: Page;
  context: BrowserContext;
  /** What the browser complained of, from the beginning. */
  complaints: string[];
  /** Another person, or the same one elsewhere: a browser of its own. */
  open(): Promise<Page>;
}

/** How somebody visits. */
export interface VisitOptions {
  /** Pictures of the demo server. */
  assets?: number;
  /** Whether scripts run. */
  javaScriptEnabled?: boolean;
  colorScheme?: "light" | "dark";
  reducedMotion?: "reduce" | "no-preference";
  viewport?: { width: number; height: number };
}

const isThere = await chromiumVersion() !== undefined;
let browser: Browser | undefined;

/** Sets up a visit, and goes to the worker's page. */
export async function visit(options: VisitOptions = {}): Promise<Visit> {
  const { assets = 300, ...contextOptions } = options;
  browser ??= await launchChromium();
  const demo = await startDemoServer({ assets, thumbnailSide: 60 });
  const worker = await startWorker({
    bindings: {
      IMMICH_URL: demo.baseUrl,
      COOKIE_SECRET: "a secret of 32 characters or more",
      SYNC_EVERY_MINUTES: "0",
    },
  });
  const complaints: string[] = [];
  const contexts: BrowserContext[] = [];
  async function open(): Promise<Page> {
    const context = await browser!.newContext(contextOptions);
    contexts.push(context);
    context.on("console", (message) => {
      const { url } = message.location();
      // The provider's page has no icon.
      if (message.type() !== "error" || url.endsWith("/favicon.ico")) return;
      complaints.push(`${message.text()} (${url})`);
    });
    context.on("weberror", (error) => complaints.push(`${error.error()}`));
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(worker.url);
    return page;
  }
  const page = await open();
  return {
    demo,
    worker,
    page,
    context: page.context(),
    complaints,
    open,
    async [Symbol.asyncDispose]() {
      for (const context of contexts) await context.close();
      await worker[Symbol.asyncDispose]();
      await demo[Symbol.asyncDispose]();
    },
  };
}

/** Signs in by the provider's page. */
export async function signIn(page: Page): Promise<void> {
  await page.click("#sign-in");
  await page.click("#approve");
  await page.waitForSelector("#sync");
}

/** Clicks on "Sync now", and waits until the copy is up to date. */
export async function sync(page: Page): Promise<void> {
  await page.click("#sync");
  await page.locator("#progress", { hasText: "Up to date" }).waitFor();
}

/** What is told of the pictures on a page. */
export async function namesOf(page: Page): Promise<string[]> {
  return await page.locator(".photos img:last-of-type").evaluateAll((images) =>
    images.map((image) => (image as unknown as { alt: string }).alt)
  );
}

/** Registers a test in which Chromium and workerd run, if there is a Chromium. */
export function visitTest(name: string, fn: () => Promise<void>): void {
  // Miniflare leaves a message port and a removal behind (4.20260730.0, 2026-11).
  const options = { sanitizeOps: false, sanitizeResources: false };
  Deno.test({ name, fn, ignore: !isThere, ...options });
}

Deno.test.afterAll(async () => await browser?.close());
