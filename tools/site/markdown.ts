/**
 * Renders Markdown as GitHub does, with the same heading ids.
 *
 * @module
 */
import GithubSlugger from "github-slugger";
// @ts-types="./highlight.d.ts"
import hljs from "highlight.js";
import { Marked, Renderer, type Tokens } from "marked";

/** A rendered document. */
export interface Rendered {
  /** The text of the first heading. */
  title: string;
  html: string;
  /** The second-level headings. */
  headings: Heading[];
}

/** A heading that links can point to. */
export interface Heading {
  id: string;
  /** The text, with characters escaped for HTML. */
  text: string;
}

/**
 * Renders a document.
 *
 * @param toLink Translates the address of each link and image.
 */
export function render(
  markdown: string,
  toLink: (href: string, isImage: boolean) => string,
): Rendered {
  const slugger = new GithubSlugger();
  const headings: (Heading & { depth: number })[] = [];
  const marked = new Marked({
    walkTokens(token) {
      if (token.type !== "link" && token.type !== "image") return;
      token.href = toLink(token.href, token.type === "image");
    },
    renderer: {
      heading({ tokens, depth }) {
        const text = this.parser.parseInline(tokens, this.parser.textRenderer);
        const id = slugger.slug(unescape(text));
        headings.push({ id, text: escape(unescape(text)), depth });
        const html = this.parser.parseInline(tokens);
        return `<h${depth} id="${id}"><a href="#${id}">${html}</a></h${depth}>\n`;
      },
      code: ({ text, lang }) => codeBlock(text, lang),
      table(table: Tokens.Table) {
        const html = Renderer.prototype.table.call(this, table);
        return `<div class="table" tabindex="0">\n${html}</div>\n`;
      },
    },
  });
  const html = marked.parse(markdown, { async: false });
  return {
    title: headings[0]?.text ?? "",
    html,
    headings: headings.filter(({ depth }) => depth === 2),
  };
}

/** Highlights a block of code, and adds a button that copies the code. */
export function codeBlock(code: string, language = ""): string {
  const html = hljs.getLanguage(language) === undefined
    ? escape(code)
    : hljs.highlight(code, { language }).value;
  return `<div class="code"><pre tabindex="0"><code>${html}</code></pre>` +
    '<button type="button" class="copy">Copy</button></div>\n';
}

const ENTITIES: Record<string, string> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};

/** Escapes text for HTML. */
export function escape(text: string): string {
  return text.replaceAll(
    /[&<>"]/g,
    (character) =>
      Object.keys(ENTITIES).find((entity) => ENTITIES[entity] === character)!,
  );
}

/** Reverses {@linkcode escape}. */
export function unescape(html: string): string {
  return html.replaceAll(
    /&(?:amp|lt|gt|quot|#39);/g,
    (entity) => ENTITIES[entity]!,
  );
}
