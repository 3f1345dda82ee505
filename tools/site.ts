/**
 * Builds the documentation site from the README, `docs/` and the doc comments.
 *
 *     deno task site [directory]
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { filesBelow, ROOT } from "./files.ts";
import { REPOSITORY } from "./repository.ts";
import { apiPages } from "./site/api.ts";
import { render, type Rendered } from "./site/markdown.ts";
import { type NavigationItem, page, rootFrom } from "./site/page.ts";
import { readTask } from "./task_options.ts";

/**
 * The documents in the order of the navigation. The recipes follow in the order of
 * their index.
 */
const ORDER = [
  "README.md",
  "docs/GUIDE.md",
  "docs/COMMAND.md",
  "docs/recipes/README.md",
  "docs/TYPES.md",
  "docs/MIRROR.md",
  "docs/SPEC.md",
  "docs/PROTOCOL.md",
  "CHANGELOG.md",
];

const ASSETS = ["style.css", "site.js"];

/** Builds the site: path → content. */
export async function site(): Promise<Map<string, string | Uint8Array>> {
  const files = new Map<string, string | Uint8Array>();
  for (const name of ASSETS) {
    files.set(
      name,
      await Deno.readTextFile(new URL(`tools/site/${name}`, ROOT)),
    );
  }
  const sources = await documents();
  const images = new Set<string>();
  const pages = new Map<string, Rendered>();
  for (const source of sources) {
    const markdown = await Deno.readTextFile(new URL(source, ROOT));
    const toLink = linksOf(source, sources, images);
    pages.set(toPath(source), render(markdown, toLink));
  }
  for (const image of images) {
    files.set(image, await Deno.readFile(new URL(image, ROOT)));
  }
  const items = Array.from(pages, ([path, { title, headings }]) => ({
    path,
    title: path === "index.html" ? "Overview" : title,
    headings,
    group: /^recipes\/(?!index)/.test(path) ? "Recipes" : undefined,
  }));
  const entries = Object.keys(config.exports).map((entry) => ({
    path: `api${entry.slice(1)}/index.html`,
    title: config.name + entry.slice(1),
    group: "API",
  }));
  const navigation: NavigationItem[] = [
    ...items.filter(({ group }) => group === undefined),
    ...entries,
    ...items.filter(({ group }) => group !== undefined),
  ];
  const all = new Map([...pages, ...await apiPages()]);
  for (const [path, { title, html }] of all) {
    files.set(path, page({ path, title, html, navigation }));
  }
  return files;
}

/** Returns the paths of the documents, in the order of the navigation. */
async function documents(): Promise<string[]> {
  const paths = ["README.md", "CHANGELOG.md", ...await filesBelow("docs")];
  const recipes = await Deno.readTextFile(
    new URL("docs/recipes/README.md", ROOT),
  );
  const rank = (path: string) =>
    ORDER.includes(path)
      ? ORDER.indexOf(path)
      : ORDER.length + recipes.indexOf(`(${path.replace(/.*\//, "")})`);
  return paths.filter((path) => path.endsWith(".md"))
    .sort((a, b) => rank(a) - rank(b));
}

/** Returns the path of a document's page. */
function toPath(source: string): string {
  return source.replace(/^docs\//, "").replace(/README\.md$/, "index.md")
    .toLowerCase().replace(/\.md$/, ".html");
}

/**
 * Returns a function that translates a document's links. Links to other
 * documents then point to their pages, and links to other files point to the
 * repository. Adds the document's images to `images`.
 */
function linksOf(source: string, sources: string[], images: Set<string>) {
  return (href: string, isImage: boolean): string => {
    const url = new URL(href, new URL(source, ROOT));
    if (url.protocol !== "file:" || href.startsWith("#")) return href;
    const { hash } = url;
    url.hash = "";
    const path = url.href.slice(ROOT.href.length);
    const root = rootFrom(toPath(source));
    if (sources.includes(path)) return root + toPath(path) + hash;
    if (isImage) {
      images.add(path);
      return root + path;
    }
    const { isDirectory } = Deno.statSync(url);
    return `${REPOSITORY}/${isDirectory ? "tree" : "blob"}/main/${path}${hash}`;
  };
}

/** Writes the site to a directory. */
async function write(
  files: Map<string, string | Uint8Array>,
  directory: string,
): Promise<void> {
  for (const [path, content] of files) {
    const file = `${directory}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(file, content);
    else await Deno.writeFile(file, content);
  }
}

/** Returns the addresses of other sites that the pages link to. */
function externalLinks(files: Iterable<string | Uint8Array>): string[] {
  const links = new Set<string>();
  for (const file of files) {
    if (typeof file !== "string") continue;
    for (const [, link] of file.matchAll(/ href="(https?:[^"#]*)/g)) {
      if (!link!.startsWith(REPOSITORY)) links.add(link!);
    }
  }
  return [...links].sort();
}

if (import.meta.main) {
  const { positionals: [directory = "site"] } = readTask({
    task: "site",
    options: {},
    positionals: ["directory"],
  });
  const files = await site();
  await write(files, directory);
  console.log("Links to other sites (not checked):");
  for (const link of externalLinks(files.values())) console.log(`  ${link}`);
  console.log(`Wrote ${files.size} files: ${directory}/index.html`);
}
