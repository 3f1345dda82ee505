/**
 * Cookies: while a user signs in, a sealed context for each sign-in, and after that
 * a signed id. The access token never reaches the browser.
 *
 * @module
 */
import type { OAuthContext } from "@immich-edge/sync";
import { openContext, sealContext } from "@immich-edge/sync/seal";
import type { Context } from "hono";
import {
  deleteCookie,
  getCookie,
  getSignedCookie,
  setCookie,
  setSignedCookie,
} from "hono/cookie";
import type { CookieOptions } from "hono/utils/cookie";
import type { AppEnv, Env } from "./env.ts";
import { LOGIN_MS } from "./logins.ts";

/** Contexts of sign-ins; the id of the sign-in follows. */
const SIGN_IN = "sign_in_";
const LOGIN = "login";

const SIGN_IN_SECONDS = 10 * 60;

/** Number of sign-ins under way in one browser, because headers have a limit. */
const MAX_SIGN_INS = 5;

/** A browser that is signed in. */
export interface Login {
  /** Id of the Durable Object. */
  libraryId: string;
  /** Identifies this browser in the object. */
  ticket: string;
}

type Ctx = Context<AppEnv>;

/** Without https, as on your own machine, there are no secure cookies. */
function toOptions(c: Ctx, maxAge: number): CookieOptions {
  const secure = new URL(c.req.url).protocol === "https:";
  return {
    httpOnly: true,
    sameSite: "Lax",
    path: "/",
    maxAge,
    secure,
    ...(secure ? { prefix: "host" } : {}),
  };
}

/** Returns the id of the sign-in with a state. The id does not reveal the state. */
export async function toSignInId(state: string): Promise<string> {
  const bytes = new TextEncoder().encode(state);
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(hash, 0, 8)]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Keeps the context of a sign-in in the browser that started it. */
export async function setSignIn(c: Ctx, context: OAuthContext): Promise<void> {
  const options = toOptions(c, SIGN_IN_SECONDS);
  const prefix = `${options.prefix === "host" ? "__Host-" : ""}${SIGN_IN}`;
  // Browsers send older cookies first.
  const names = Object.keys(getCookie(c)).filter((name) =>
    name.startsWith(prefix)
  );
  for (const name of names.slice(0, 1 - MAX_SIGN_INS)) {
    deleteCookie(c, name.slice(prefix.length - SIGN_IN.length), options);
  }
  const name = SIGN_IN + await toSignInId(context.state);
  const sealed = await sealContext(context, c.env.COOKIE_SECRET);
  setCookie(c, name, sealed, options);
}

/** Returns the context of a sign-in, if this browser started it. */
export async function getSignIn(
  c: Ctx,
  id: string,
): Promise<OAuthContext | undefined> {
  const { prefix } = toOptions(c, 0);
  const sealed = getCookie(c, SIGN_IN + id, prefix);
  return await openContext(sealed, c.env.COOKIE_SECRET);
}

/** Deletes the context of a sign-in. */
export function deleteSignIn(c: Ctx, id: string): void {
  deleteCookie(c, SIGN_IN + id, toOptions(c, 0));
}

/** Remembers who is signed in. */
export async function setLogin(c: Ctx, login: Login): Promise<void> {
  const value = `${login.libraryId}.${login.ticket}`;
  const options = toOptions(c, LOGIN_MS / 1000);
  await setSignedCookie(c, LOGIN, value, c.env.COOKIE_SECRET, options);
}

/** Returns who is signed in according to the cookie. */
export async function getLogin(c: Ctx): Promise<Login | undefined> {
  const { prefix } = toOptions(c, 0);
  const value = await getSignedCookie(c, c.env.COOKIE_SECRET, LOGIN, prefix);
  if (!value) return undefined;
  const [libraryId = "", ticket = ""] = value.split(".");
  return isLibraryId(c.env, libraryId) ? { libraryId, ticket } : undefined;
}

/** Returns whether an id belongs to the current Durable Object class. */
function isLibraryId({ LIBRARIES }: Env, id: string): boolean {
  try {
    LIBRARIES.idFromString(id);
    return true;
  } catch {
    return false;
  }
}

/** Forgets who is signed in. */
export function deleteLogin(c: Ctx): void {
  deleteCookie(c, LOGIN, toOptions(c, 0));
}
