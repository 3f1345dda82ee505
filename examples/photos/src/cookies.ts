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
import type { AppEnv } from "./env.ts";
import type { Library } from "./library.ts";
import { LOGIN_MS } from "./logins.ts";

/** Prefix of the cookies that hold sign-in contexts; the sign-in's id follows. */
const SIGN_IN = "sign_in_";
const LOGIN = "login";

const SIGN_IN_SECONDS = 10 * 60;

/** Sign-ins under way in one browser; the size of headers is limited. */
const MAX_SIGN_INS = 5;

/** A browser that is signed in, according to its cookie. */
export interface Login {
  /** Id of the Durable Object. */
  libraryId: string;
  library: Library;
  /** Identifies this browser in the object. */
  ticket: string;
}

type Ctx = Context<AppEnv>;

/** Returns a cookie's options. Over plain http, as locally, it is not secure. */
function toOptions(c: Ctx, maxAge = 0): CookieOptions {
  const secure = new URL(c.req.url).protocol === "https:";
  const prefix = secure ? { prefix: "host" as const } : {};
  return {
    httpOnly: true,
    sameSite: "Lax",
    path: "/",
    maxAge,
    secure,
    ...prefix,
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
  // Browsers send older cookies first.
  const ids = Object.keys(getCookie(c))
    .flatMap((name) => /^(?:__Host-)?sign_in_(.*)$/.exec(name)?.[1] ?? []);
  for (const id of ids.slice(0, 1 - MAX_SIGN_INS)) deleteSignIn(c, id);
  const name = SIGN_IN + await toSignInId(context.state);
  const sealed = await sealContext(context, c.env.COOKIE_SECRET);
  setCookie(c, name, sealed, toOptions(c, SIGN_IN_SECONDS));
}

/** Returns a sign-in's context, if this browser started the sign-in. */
export async function getSignIn(
  c: Ctx,
  id: string,
): Promise<OAuthContext | undefined> {
  const sealed = getCookie(c, SIGN_IN + id, toOptions(c).prefix);
  return await openContext(sealed, c.env.COOKIE_SECRET);
}

/** Deletes a sign-in's context. */
export function deleteSignIn(c: Ctx, id: string): void {
  deleteCookie(c, SIGN_IN + id, toOptions(c));
}

/** Remembers who is signed in. */
export async function setLogin(
  c: Ctx,
  libraryId: string,
  ticket: string,
): Promise<void> {
  const value = `${libraryId}.${ticket}`;
  const options = toOptions(c, LOGIN_MS / 1000);
  await setSignedCookie(c, LOGIN, value, c.env.COOKIE_SECRET, options);
}

/** Returns who is signed in according to the cookie. */
export async function getLogin(c: Ctx): Promise<Login | undefined> {
  const { COOKIE_SECRET, LIBRARIES } = c.env;
  const { prefix } = toOptions(c);
  const value = await getSignedCookie(c, COOKIE_SECRET, LOGIN, prefix);
  if (!value) return undefined;
  const [libraryId = "", ticket = ""] = value.split(".");
  try {
    const library = LIBRARIES.get(LIBRARIES.idFromString(libraryId));
    return { libraryId, library, ticket };
  } catch {
    return undefined; // The Durable Object class has been replaced.
  }
}

/** Forgets who is signed in. */
export function deleteLogin(c: Ctx): void {
  deleteCookie(c, LOGIN, toOptions(c));
}
