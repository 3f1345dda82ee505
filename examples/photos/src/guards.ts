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

/** Accepts only the content types of forms, because `csrf` checks no others. */
export const acceptOnlyForms: MiddlewareHandler = async (c, next) => {
  const type = c.req.header("content-type") ?? "text/plain";
  const isForm =
    /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i
      .test(type);
  if (c.req.method === "GET" || isForm) return await next();
  return c.text("Only form submissions are accepted\n", 415);
};

/** Hono answers HEAD requests with the GET handler, which would start a sign-in. */
export const rejectHead: MiddlewareHandler = async (c, next) => {
  const { method, path } = c.req;
  const isHead = method === "HEAD" && LIMITED.includes(path);
  return isHead ? c.body(null, 405, { allow: "GET" }) : await next();
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
