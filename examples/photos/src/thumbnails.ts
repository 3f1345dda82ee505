/**
 * Thumbnails, fetched with the user's session and cached near the user.
 *
 * @module
 */
import { AuthenticationError, isImmichError, request } from "@immich-edge/sync";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { cache } from "hono/cache";
import { getLogin } from "./cookies.ts";
import type { AppEnv } from "./env.ts";
import { toPlaceholderFile } from "./placeholder.ts";
import { SECOND_MS } from "./times.ts";

const YEAR_S = 365 * 24 * 60 * 60;

/** How long to wait while the server sends nothing. */
const IDLE_TIMEOUT_MS = 10 * SECOND_MS;

/** How long fetching a thumbnail may take in total. */
const TIMEOUT_MS = 30 * SECOND_MS;

/** Types, with optional parameters, that browsers show as pictures and never run. */
const PICTURE = /^(image\/(?:webp|jpeg|png|gif|avif))\s*(?:;[^,]*)?$/i;

/** `GET /:id`, for photos in the user's copy. */
export const thumbnails: Hono<AppEnv> = new Hono();

const requirePhoto: MiddlewareHandler<AppEnv, "/:id"> = async (
  c,
  next,
) => {
  const login = await getLogin(c);
  if (login === undefined) return c.text("Not signed in\n", 401);
  const { library, ticket } = login;
  const source = await library.thumbnail(ticket, c.req.param("id"));
  if (source === undefined) return c.text("There is no such photo\n", 404);
  c.set("login", login);
  c.set("source", source);
  return await next();
};

/** Lets only this browser cache the thumbnail, for the user who is signed in. */
const cacheInBrowser: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.ok) return;
  c.header("Cache-Control", `private, max-age=${YEAR_S}, immutable`);
  c.header("Vary", "Cookie");
};

/** Caches thumbnails near the user, separately for each user. */
const cacheNearby = cache({
  cacheName: (c) => `thumbnails of ${c.get("login").libraryId}`,
  cacheControl: `max-age=${YEAR_S}`,
});

thumbnails.get("/:id", requirePhoto, cacheInBrowser, cacheNearby, async (c) => {
  const size = c.req.query("size") === "preview" ? "preview" : "thumbnail";
  const path = `/assets/${c.req.param("id")}/thumbnail?size=${size}`;
  const { session } = c.get("source");
  try {
    const response = await request(session, path, {
      accept: "image/*",
      idleTimeoutMs: IDLE_TIMEOUT_MS,
      signal: AbortSignal.any([
        c.req.raw.signal,
        AbortSignal.timeout(TIMEOUT_MS),
      ]),
    });
    const contentType = response.headers.get("content-type") ?? "";
    const [, type] = PICTURE.exec(contentType) ?? [];
    if (response.ok && type !== undefined) {
      // Read completely, because a browser would show half a picture as broken.
      const file = await response.arrayBuffer();
      if (file.byteLength > 0) {
        return c.body(file, 200, { "content-type": type });
      }
    } else await response.body?.cancel();
  } catch (error) {
    if (error instanceof AuthenticationError) {
      const { library, ticket } = c.get("login");
      return sendPlaceholder(c, await library.checkLogin(ticket) ? 502 : 401);
    }
    const isTimeout = error instanceof DOMException;
    if (!isImmichError(error) && !isTimeout) throw error;
  }
  return sendPlaceholder(c, 502);
});

/** Sends the placeholder, because browsers would show text as a broken picture. */
function sendPlaceholder(c: Context<AppEnv>, status: 401 | 502): Response {
  const file = toPlaceholderFile(c.get("source").thumbhash);
  return c.body(file, status, {
    "cache-control": "no-store",
    "content-type": "image/png",
  });
}
