/**
 * Cookies: an encrypted context for each sign-in that is under way, and a signed id for
 * a browser that is signed in. The access token never reaches the browser.
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

/** Prefix of the cookies that hold sign-in contexts; the sign-in's id follows. */
const SIGN_IN = "sign_in_";
const LOGIN = "login";

const SIGN_IN_SECONDS = 10 * 60;

/**
 * Maximum number of sign-ins under way in one browser; the size of headers is
 * limited.
 */
const MAX_SIGN_INS = 5;

/** A browser that is signed in. */
export interface Login {
  /** Id of the Durable Object. */
  libraryId: string;
  /** Identifies this browser in the object. */
  ticket: string;
}

type Ctx = Context<AppEnv>;

/**
 * Returns a cookie's options. Over plain http, as on your own machine, it is not
 * secure.
 */
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

/** Derives a sign-in's id from its state. The id does not reveal the state. */
export async function toSignInId(state: string): Promise<string> {
  const bytes = new TextEncoder().encode(state);
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(hash, 0, 8)]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Stores a sign-in's context in the browser that started the sign-in. */
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

/** Returns a sign-in's context, if this browser started the sign-in. */
export async function getSignIn(
  c: Ctx,
  id: string,
): Promise<OAuthContext | undefined> {
  const { prefix } = toOptions(c, 0);
  const sealed = getCookie(c, SIGN_IN + id, prefix);
  return await openContext(sealed, c.env.COOKIE_SECRET);
}

/** Deletes a sign-in's context. */
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
