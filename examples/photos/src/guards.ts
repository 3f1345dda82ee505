/**
 * Rejects requests before a route handles them.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { type AppEnv, findFault } from "./env.ts";

/** Routes that cause work for the app or the Immich server. */
const LIMITED = ["/login", "/callback", "/sync", "/events"];

/** Until all bindings are valid, every response says only what is wrong. */
export const rejectInvalidEnv: MiddlewareHandler<AppEnv> = async (c, next) => {
  const fault = findFault(c.env);
  if (fault === undefined) return await next();
  return c.text(`Cannot start. ${fault}\n`, 500);
};

/**
 * Accepts changes only from the app's own pages. For HEAD, Hono runs the GET handler,
 * which would start a sign-in.
 */
export const rejectForeign: MiddlewareHandler = async (c, next) => {
  const { method, path, url } = c.req;
  const isHarmless = method === "GET" ||
    method === "HEAD" && !LIMITED.includes(path);
  // Old browsers send only the origin; new ones may send "null" as the origin.
  const isOurs = c.req.header("sec-fetch-site") === "same-origin" ||
    c.req.header("origin") === new URL(url).origin;
  return isHarmless || isOurs ? await next() : c.text("Forbidden", 403);
};

/** Limits each visitor on Cloudflare; Durable Objects enforce the other limits. */
export const limitVisitor: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { RATE_LIMIT } = c.env;
  if (!RATE_LIMIT || !LIMITED.includes(c.req.path)) return await next();
  const key = `${c.req.path} ${c.req.header("cf-connecting-ip")}`;
  const { success } = await RATE_LIMIT.limit({ key });
  if (success) return await next();
  c.header("Retry-After", "60");
  return c.text("Too many requests: try again in a minute\n", 429);
};
