/**
 * Thumbnails, fetched with the user's token, and kept near the user.
 *
 * @module
 */
import { AuthenticationError, isImmichError, request } from "@immich-edge/sync";
import { Hono, type MiddlewareHandler } from "hono";
import { cache } from "hono/cache";
import { getLogin } from "./cookies.ts";
import { type AppEnv, toLibrary } from "./env.ts";

const YEAR_S = 365 * 24 * 60 * 60;

/** What browsers show as a picture, and never run; nothing but parameters may follow. */
const PICTURE = /^(image\/(?:webp|jpeg|png|gif|avif))\s*(?:;[^,]*)?$/i;

/** `GET /:id`, of pictures that are in the copy of whoever asks. */
export const thumbnails: Hono<AppEnv> = new Hono();

/** Lets those in who ask for a picture of their copy. */
const requirePicture: MiddlewareHandler<AppEnv, "/:id"> = async (c, next) => {
  const login = await getLogin(c);
  if (login === undefined) return c.text("Not signed in\n", 401);
  const library = toLibrary(c.env, login);
  const session = await library.sessionFor(login.ticket, c.req.param("id"));
  if (session === undefined) return c.text("There is no such picture\n", 404);
  c.set("login", login);
  c.set("session", session);
  return await next();
};

/** In this browser, for whoever is signed in there. */
const keepInBrowser: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.ok) return;
  c.header("Cache-Control", `private, max-age=${YEAR_S}, immutable`);
  c.header("Vary", "Cookie");
};

/** Near the user, in a cache for each user. */
const keepNearby = cache({
  cacheName: (c) => `thumbnails of ${c.get("login").libraryId}`,
  cacheControl: `max-age=${YEAR_S}`,
});

thumbnails.get("/:id", requirePicture, keepInBrowser, keepNearby, async (c) => {
  const size = c.req.query("size") === "preview" ? "preview" : "thumbnail";
  const path = `/assets/${c.req.param("id")}/thumbnail?size=${size}`;
  const { signal } = c.req.raw;
  try {
    const answer = await request(c.get("session"), path, {
      accept: "image/*",
      signal,
    });
    const contentType = answer.headers.get("content-type") ?? "";
    const [, type] = PICTURE.exec(contentType) ?? [];
    if (answer.body && type !== undefined) {
      return c.body(answer.body, 200, { "content-type": type });
    }
    await answer.body?.cancel();
  } catch (error) {
    if (error instanceof AuthenticationError) {
      const { login } = c.var;
      await toLibrary(c.env, login).drop(login.ticket);
      return c.text("The session has ended\n", 401);
    }
    if (!isImmichError(error)) throw error;
  }
  return c.text("The photo server did not send it\n", 502);
});
