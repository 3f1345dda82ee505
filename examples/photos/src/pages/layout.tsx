/**
 * The layout of every page.
 *
 * @module
 */
import type { Context } from "hono";
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Message } from "../messages.ts";

/** Responds with a page. */
export async function respond(
  c: Context,
  title: string,
  body: Child,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const page = html`<!doctype html>${<Layout title={title}>{body}</Layout>}`;
  // Pages show personal data.
  c.header("Cache-Control", "no-store");
  return await c.html(page, status);
}

function Layout(
  { title, children }: { title: string; children?: Child },
): JSX.Element {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/style.css" />
        <script src="/app.js" type="module"></script>
      </head>
      <body>{children}</body>
    </html>
  );
}

/** The app's icon and name, which link to the first page. */
export function Brand(): JSX.Element {
  return (
    <a class="brand" href="/">
      <img src="/icon.svg" alt="" width="28" height="28" />{" "}
      <span>Photo copy</span>
    </a>
  );
}

/** A page with a message and a link. */
export function Notice(
  { title, advice, detail, href, action }: Message & {
    detail?: string;
    href: string;
    action: string;
  },
): JSX.Element {
  return (
    <main class="notice">
      <Brand />
      <h1>{title}</h1>
      <p>{advice}</p>
      {detail && <p class="detail">{detail}</p>}
      <p>
        <a class="button" href={href}>{action}</a>
      </p>
    </main>
  );
}
