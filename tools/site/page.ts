/**
 * The template of every page.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import { REPOSITORY } from "../repository.ts";
import type { Heading } from "./markdown.ts";

/** A page in the navigation. */
export interface NavigationItem {
  path: string;
  /** The title, with characters escaped for HTML. */
  title: string;
  /** The headings that are listed while the page is open. */
  headings?: Heading[];
  /** The heading above the page. */
  group?: string | undefined;
}

/** The content of a page, and the page's place on the site. */
export interface PageOptions {
  path: string;
  /** The title, with characters escaped for HTML. */
  title: string;
  html: string;
  navigation: NavigationItem[];
}

/** Returns the relative path from a page's folder to the site's root. */
export function rootFrom(path: string): string {
  return "../".repeat(path.split("/").length - 1);
}

/** Creates a page. */
export function page({ path, title, html, navigation }: PageOptions): string {
  const root = rootFrom(path);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title === config.name ? title : `${title} – ${config.name}`}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}style.css">
<script src="${root}site.js" defer></script>
</head>
<body>
<header>
<a class="skip" href="#page">Skip to the content</a>
<button type="button" popovertarget="menu">Menu</button>
<a class="name" href="${root}index.html">${config.name}</a>
<a href="${REPOSITORY}">GitHub</a>
</header>
<nav id="menu" popover aria-label="Pages">
${list(navigation, path)}</nav>
<main id="page">
${html}</main>
</body>
</html>
`;
}

/** Creates the navigation: pages, and the headings of the open page. */
function list(items: NavigationItem[], open: string): string {
  const root = rootFrom(open);
  const current = items.findLast(({ path }) =>
    open === path || path.startsWith("api") && open.startsWith(folderOf(path))
  );
  let html = "<ul>\n";
  let group: string | undefined;
  for (const item of items) {
    if (item.group !== group) {
      group = item.group;
      html += `</ul>\n<h2>${group}</h2>\n<ul>\n`;
    }
    const isOpen = item === current;
    const state = isOpen
      ? ` aria-current="${item.path === open ? "page" : "true"}"`
      : "";
    html += `<li><a href="${root}${item.path}"${state}>${item.title}</a>`;
    if (isOpen && item.headings?.length) {
      const links = item.headings.map(({ id, text }) =>
        `<li><a href="#${id}">${text}</a></li>`
      );
      html += `\n<ul>\n${links.join("\n")}\n</ul>\n`;
    }
    html += "</li>\n";
  }
  return `${html}</ul>\n`;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
