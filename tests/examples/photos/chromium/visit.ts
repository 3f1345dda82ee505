/** Visits the app with an installed Chromium. */
import { assert } from "@std/assert";
import type { Browser, BrowserContext, Page } from "playwright-core";
import {
  type DemoServer,
  startDemoServer,
} from "../../../../examples/photos/local/demo_server.ts";
import {
  startWorker,
  type Worker,
} from "../../../../examples/photos/local/workerd.ts";
import { launchChromium } from "../../../runtimes/chromium.ts";
import { chromiumVersion } from "../../../runtimes/versions.ts";

/** The app, its demo server, and a browser. */
export interface Visit extends AsyncDisposable {
  demo: DemoServer;
  worker: Worker;
  page: Page;
  context: BrowserContext;
  /** Errors in the browser's console. */
  complaints: string[];
  /** Opens a page in another browser profile. */
  open(): Promise<Page>;
  /** Holds the server's next request of a kind, so that the run cannot end. */
  hold(kind: "stream" | "ack of photos"): Held;
}

/** A held request. */
export interface Held {
  /** Resolves when the request arrives. */
  arrived: Promise<void>;
  /** Lets the request continue. */
  release(): void;
}

/** Far longer than any step takes on any machine, in milliseconds. */
const LONG_MS = 300_000;

const KINDS = {
  stream: ({ url }: Request) =>
    Promise.resolve(url.endsWith("/api/sync/stream")),
  "ack of photos": async (request: Request) =>
    request.url.endsWith("/api/sync/ack") && request.method === "POST" &&
    (await request.clone().text()).includes('"AssetV2|'),
};

/** Options for {@linkcode visit}. */
export interface VisitOptions {
  /** Number of photos to generate. */
  assets?: number;
  /** Whether scripts run. */
  javaScriptEnabled?: boolean;
  colorScheme?: "light" | "dark";
  reducedMotion?: "reduce" | "no-preference";
  viewport?: { width: number; height: number };
}

const isThere = await chromiumVersion() !== undefined;
let browser: Browser | undefined;

/** Starts everything, and opens the app's first page. */
export async function visit(options: VisitOptions = {}): Promise<Visit> {
  const { assets = 300, ...contextOptions } = options;
  browser ??= await launchChromium();
  const holds = new Set<(request: Request) => Promise<void>>();
  const releases: (() => void)[] = [];
  const demo = await startDemoServer({
    assets,
    async onRequest(request) {
      for (const hold of holds) await hold(request);
    },
  });
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
      if (message.type() !== "error") return;
      complaints.push(`${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (error) => complaints.push(`${error.error()}`));
    const page = await context.newPage();
    page.setDefaultTimeout(LONG_MS);
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
    hold(kind) {
      const { promise: arrived, resolve: arrive } = Promise.withResolvers<
        void
      >();
      const { promise, resolve: release } = Promise.withResolvers<void>();
      const hold = async (request: Request) => {
        if (!await KINDS[kind](request) || !holds.delete(hold)) return;
        arrive();
        await promise;
      };
      holds.add(hold);
      releases.push(release);
      return { arrived, release };
    },
    async [Symbol.asyncDispose]() {
      for (const release of releases) release();
      for (const context of contexts) await context.close();
      await worker[Symbol.asyncDispose]();
      await demo[Symbol.asyncDispose]();
    },
  };
}

/** Signs in through the provider's page. */
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

/** Returns the descriptions of the photos on a page. */
export async function namesOf(page: Page): Promise<string[]> {
  return await page.locator(".photos img:last-of-type").evaluateAll((images) =>
    images.map((image) => (image as unknown as { alt: string }).alt)
  );
}

/** Returns the paths that the photos on a page link to. */
export async function linksOf(page: Page): Promise<string[]> {
  return await page.locator(".photos a").evaluateAll((links) =>
    links.map((link) => (link as unknown as { pathname: string }).pathname)
  );
}

/** Scrolls until there are no older photos. */
export async function scrollToEnd(page: Page): Promise<void> {
  const more = page.locator("#more");
  const end = performance.now() + LONG_MS;
  while (await more.count() > 0) {
    assert(performance.now() < end, "older photos do not load");
    await page.mouse.wheel(0, 50_000);
    await page.waitForTimeout(20);
  }
}

/** Registers a test that uses Chromium and workerd, if Chromium is installed. */
export function visitTest(name: string, fn: () => Promise<void>): void {
  // Miniflare leaves a message port open and a file removal pending
  // (4.20260730.0, 2026-11).
  const options = { sanitizeOps: false, sanitizeResources: false };
  Deno.test({ name, fn, ignore: !isThere, ...options });
}

Deno.test.afterAll(async () => await browser?.close());
