/**
 * The documentation site contains every document, its links work, and its pages
 * are accessible.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import type { Browser, Page } from "playwright-core";
import config from "../../deno.json" with { type: "json" };
import { filesBelow } from "../../tools/files.ts";
import { REPOSITORY } from "../../tools/repository.ts";
import { site } from "../../tools/site.ts";
import { render } from "../../tools/site/markdown.ts";
import { launchChromium } from "../runtimes/chromium.ts";
import { chromiumVersion } from "../runtimes/versions.ts";
import { findFaults } from "../support/accessibility.ts";
import { test } from "../support/test.ts";

const files = await site();

/** Path → HTML. */
const pages = new Map(
  [...files].filter((file): file is [string, string] =>
    /\.html$/.test(file[0])
  ),
);

function pageAt(path: string): string {
  const html = pages.get(path);
  assert(html !== undefined, path);
  return html;
}

function valuesOf(html: string, attribute: string): string[] {
  const values = html.matchAll(new RegExp(` ${attribute}="([^"]+)"`, "g"));
  return Array.from(values, ([, value]) => value!.replaceAll("&amp;", "&"));
}

const ORIGIN = "https://site.test/";

test("every link on the site points to an existing page and heading", () => {
  const ids = new Map(
    Array.from(pages, ([path, html]) => [path, valuesOf(html, "id")]),
  );
  let checked = 0;
  for (const [path, html] of pages) {
    for (const href of [...valuesOf(html, "href"), ...valuesOf(html, "src")]) {
      const url = new URL(href, ORIGIN + path);
      assert(url.protocol !== "file:", `${path} links to ${href}`);
      if (!url.href.startsWith(ORIGIN)) continue;
      const target = decodeURIComponent(url.pathname.slice(1));
      assert(files.has(target), `${path} links to ${href}`);
      const id = decodeURIComponent(url.hash.slice(1));
      assert(
        id === "" || ids.get(target)?.includes(id),
        `${path} links to ${href}`,
      );
      checked++;
    }
  }
  assert(checked > 5_000, `${checked} links`);
});

test("every id occurs only once on a page", () => {
  for (const [path, html] of pages) {
    const ids = valuesOf(html, "id");
    const repeated = ids.filter((id, i) => ids.indexOf(id) !== i);
    assertEquals(repeated, [], path);
  }
});

test("the navigation contains every document and every entry point", async () => {
  const documents = (await filesBelow("docs"))
    .filter((path) => path.endsWith(".md"))
    .map((path) => path.slice("docs/".length).toLowerCase())
    .map((path) => path.replace("readme.md", "index.md"))
    .map((path) => path.replace(/\.md$/, ".html"));
  const entries = Object.keys(config.exports)
    .map((entry) => `api${entry.slice(1)}/index.html`);
  const [, navigation = ""] = /<nav[^>]*>([^]*?)<\/nav>/
    .exec(pageAt("index.html")) ?? [];
  const linked = valuesOf(navigation, "href")
    .filter((href) => !href.startsWith("#"));
  assertEquals(
    linked.toSorted(),
    ["index.html", "changelog.html", ...documents, ...entries].toSorted(),
  );
  assertEquals(linked.slice(0, 2), ["index.html", "guide.html"]);
});

test("every exported symbol has a page that links to its source", async () => {
  for (const [entry, module] of Object.entries(config.exports)) {
    if (entry === "./cli") continue; // It exports nothing, and importing it runs it.
    const names = Object.keys(await import(`../../${module.slice(2)}`));
    assert(names.length > 0, entry);
    const index = pageAt(`api${entry.slice(1)}/index.html`);
    for (const name of names) {
      assert(index.includes(`~/${name}.html"`), `${name} is not listed`);
      const html = pageAt(`api${entry.slice(1)}/~/${name}.html`);
      assertStringIncludes(html, `href="${REPOSITORY}/blob/main/src/`);
      assertStringIncludes(html, "<h1>");
    }
  }
});

test("the API reference hides constructors that take internal types", () => {
  assertStringIncludes(
    pageAt("api/testing/~/FakeImmich.html"),
    "Constructors</h2>",
  );
  for (const path of ["mirror/~/Mirror", "testing/~/FakeLibrary"]) {
    const html = pageAt(`api/${path}.html`);
    assert(!html.includes("Constructors</h2>"), path);
  }
});

test("headings have the same ids as on GitHub", () => {
  const { title, headings, html } = render(
    "# The `end` & more\n\n## `a()`: <b>, & c\n\n## Twice\n\n## Twice\n\n### 1. An ack\n",
    (href) => href,
  );
  assertEquals(title, "The end &amp; more");
  assertEquals(headings.map(({ id }) => id), ["a-b--c", "twice", "twice-1"]);
  assertStringIncludes(html, '<h3 id="1-an-ack">');
});

test("links to documents point to their pages, and other links point to GitHub", () => {
  const guide = pageAt("guide.html");
  assertStringIncludes(guide, 'href="index.html"');
  const readme = pageAt("index.html");
  assertStringIncludes(readme, 'href="guide.html#errors"');
  assertStringIncludes(readme, `href="${REPOSITORY}/blob/main/LICENSE"`);
  const [image = ""] = valuesOf(readme, "src")
    .filter((path) => path.endsWith(".jpg"));
  assert(files.get(image) instanceof Uint8Array, image);
});

test("code is highlighted, and is escaped in every language", () => {
  const show = (language: string, code: string) =>
    render(`\`\`\`${language}\n${code}\n\`\`\`\n`, (href) => href).html;
  assertStringIncludes(
    show("ts", "const a = 1 < 2;"),
    '<span class="hljs-keyword">const</span> a = ' +
      '<span class="hljs-number">1</span> &lt; ',
  );
  assertStringIncludes(show("unknown", "<b> & c"), "&lt;b&gt; &amp; c");
});

/** A timeout that no step reaches on any machine, in milliseconds. */
const LONG_MS = 300_000;

const TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  css: "text/css",
  js: "text/javascript",
  jpg: "image/jpeg",
};

const isMissing = await chromiumVersion() === undefined;

/** Registers a test that uses Chromium, if it is installed. */
function chromiumTest(name: string, fn: (browser: Browser) => Promise<void>) {
  Deno.test({
    name,
    ignore: isMissing,
    async fn() {
      const browser = await launchChromium();
      try {
        await fn(browser);
      } finally {
        await browser.close();
      }
    },
  });
}

/** Opens a blank page. The site is served under a folder, as on GitHub Pages. */
async function openSite(
  browser: Browser,
  width: number,
  colorScheme: "light" | "dark" = "light",
): Promise<Page> {
  const page = await browser.newPage({
    colorScheme,
    viewport: { width, height: 800 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  page.setDefaultTimeout(LONG_MS);
  await page.route(`${ORIGIN}sync/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const path = decodeURIComponent(pathname.slice("/sync/".length));
    const body = files.get(path) ?? "";
    await route.fulfill({
      status: body === "" ? 404 : 200,
      contentType: TYPES[path.replace(/.*\./, "")]!,
      body: typeof body === "string" ? body : Buffer.from(body),
    });
  });
  return page;
}

/** Pages with wide tables, and one API page of each kind. */
const SHOWN = [
  "index.html",
  "mirror.html",
  "types.html",
  "api/index.html",
  "api/mirror/index.html",
  "api/~/sync.html",
  "api/~/SyncOptions.html",
  "api/~/SyncEvent.html",
  "api/~/HttpError.html",
  "api/mirror/~/Mirror.html",
  "api/mirror/~/Mirror.prototype.sync.html",
];

for (const colorScheme of ["light", "dark"] as const) {
  chromiumTest(
    `the site has no accessibility faults known to axe in ${colorScheme} mode`,
    async (browser) => {
      const page = await openSite(browser, 1280, colorScheme);
      for (const path of SHOWN) {
        const response = await page.goto(`${ORIGIN}sync/${path}`);
        assertEquals(response?.status(), 200, path);
        assertEquals(await findFaults(page), [], path);
      }
    },
  );
}

chromiumTest("no page is wider than a phone's screen", async (browser) => {
  const page = await openSite(browser, 390);
  const documents = [...pages.keys()].filter((path) => !path.includes("/~/"));
  for (const path of new Set([...documents, ...SHOWN])) {
    await page.goto(`${ORIGIN}sync/${path}`);
    const width = await page.evaluate("document.documentElement.scrollWidth");
    assertEquals(width, 390, path);
  }
});

chromiumTest(
  "the menu on a phone opens, and closes when a heading is selected",
  async (browser) => {
    const page = await openSite(browser, 390);
    await page.goto(`${ORIGIN}sync/guide.html`);
    const link = page.locator("#menu").getByText("Errors", { exact: true });
    assertEquals(await link.isVisible(), false);
    await page.getByText("Menu", { exact: true }).click();
    await link.click();
    await link.waitFor({ state: "hidden" });
    assertEquals(page.url(), `${ORIGIN}sync/guide.html#errors`);
  },
);

chromiumTest("a code block's button copies the code", async (browser) => {
  const page = await openSite(browser, 1280);
  await page.goto(`${ORIGIN}sync/index.html`);
  await page.locator(".code").nth(1).hover();
  await page.locator(".copy").nth(1).click();
  await page.getByText("Copied").waitFor();
  const copied = String(await page.evaluate("navigator.clipboard.readText()"));
  assert(copied.startsWith("deno add jsr:@immich-edge/sync"), copied);
});
