/**
 * The API reference: the content of the pages that `deno doc --html` writes,
 * without their scripts and styles.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import { filesBelow, ROOT } from "../files.ts";
import { REPOSITORY } from "../repository.ts";
import { runDeno } from "../run.ts";
import { codeBlock, unescape } from "./markdown.ts";

/** The content of a page. */
export interface ApiPage {
  title: string;
  html: string;
}

/** The page that lists the symbols of all entry points. */
const ALL_SYMBOLS = "all_symbols.html";

/** Creates the API reference: path → content. */
export async function apiPages(): Promise<Map<string, ApiPage>> {
  const directory = await Deno.makeTempDir();
  try {
    const entries = Object.values(config.exports);
    await runDeno("doc", "--html", `--output=${directory}`, ...entries);
    const pages = new Map<string, ApiPage>();
    for (const file of await filesBelow(directory)) {
      const path = file.slice(directory.length + 1);
      if (!/\.html$/.test(path) || path === ALL_SYMBOLS) continue;
      const page = toPage(path, await Deno.readTextFile(file));
      if (page !== undefined) pages.set(`api/${path}`, page);
    }
    // The index page does not list the symbols (Deno 2.9, 2026-11).
    const all = await Deno.readTextFile(`${directory}/${ALL_SYMBOLS}`);
    const lists = all.match(/<section [^>]*id="default_[^]*?<\/section>/g) ??
      [];
    pages.get("api/index.html")!.html += simplify(lists.join("\n"));
    for (const page of pages.values()) page.html = relink(page.html, pages);
    return pages;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/**
 * Extracts the content of a page. Redirects and pages of single properties are
 * left out, because the page of a type already contains everything about its
 * properties.
 */
function toPage(path: string, text: string): ApiPage | undefined {
  const [, content] = /<main[^>]*>([^]*)<\/main>/.exec(text) ?? [];
  if (content === undefined || content.includes('class="text-Property"')) {
    return;
  }
  const [, folder = "", symbol] = /^(?:(.*)\/)?(?:~\/(.*)|index)\.html$/.exec(
    path,
  )!;
  const entry = config.name + (folder && `/${folder}`);
  const html = simplify(content);
  return symbol === undefined
    ? { title: entry, html: `<h1>${entry}</h1>\n${html}` }
    : {
      title: symbol.replace(".prototype.", "."),
      html:
        `<p class="entry"><a href="../index.html">${entry}</a></p>\n${html}`,
    };
}

/** Replaces everything that depends on the original scripts and styles. */
function simplify(html: string): string {
  return html
    .replaceAll("&#x2F;", "/")
    .replaceAll(ROOT.href, `${REPOSITORY}/blob/main/`)
    .replaceAll(/<svg[^]*?<\/svg>/g, "")
    .replaceAll(/<a href="[^"]*" class="anchor"[^>]*>\s*<\/a>/g, "")
    .replaceAll(
      /<pre class="highlight"><code class="language-(\w*)">([^]*?)<\/code>[^]*?<\/pre>/g,
      (_, language, code) => codeBlock(unescape(code).trimEnd(), language),
    )
    .replaceAll(/<div class="text-2xl[^>]*>([^]*?)<\/div>/g, "<h1>$1</h1>")
    .replaceAll("</span>&nbsp;", "</span> ")
    .replace(
      /<a\s+class="sourceButton"\s+href="([^"]*)">\s*<\/a>/,
      '<a class="source" href="$1">Source</a>',
    )
    .replaceAll(/<a\s+class="sourceButton"[^]*?<\/a>/g, "");
}

/**
 * Replaces links to the pages of properties with links to the pages of their types,
 * and removes links to ids that do not exist, such as those of some type parameters.
 */
function relink(html: string, pages: Map<string, ApiPage>): string {
  return html
    .replaceAll(
      /href="([^"]*\/~\/)((\w+)(?:\.prototype)?\.(\w+))\.html"/g,
      (link, folder, name, type, property) =>
        pages.has(pathTo(folder, name))
          ? link
          : `href="${folder}${type}.html#property_${property.toLowerCase()}"`,
    )
    .replaceAll(
      /<a href="#([^"]*)"[^>]*>(.*?)<\/a>/g,
      (link, id, text) => html.includes(` id="${id}"`) ? link : text,
    );
}

/** Returns the path of the symbol's page that a relative link points to. */
function pathTo(folder: string, name: string): string {
  return `api/${folder.replaceAll(/\.{1,2}\//g, "")}${name}.html`;
}
