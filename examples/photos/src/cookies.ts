/**
 * What a browser keeps: a sealed context while its user signs in, and after that
 * a signed id that tells nothing. The access token never gets there.
 *
 * @module
 */
import type { OAuthContext } from "@immich-edge/sync";
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
import { seal, unseal } from "./seal.ts";

/** The context of a sign-in that is under way. */
const SIGN_IN = "sign_in";
/** Who is signed in. */
const LOGIN = "login";

/** How long a sign-in may take, in seconds; contexts are refused after that, too. */
const SIGN_IN_SECONDS = 10 * 60;
/** How long a session of Immich lasts that nobody uses, in seconds. */
const LOGIN_SECONDS = 90 * 24 * 60 * 60;

/** A browser that is signed in. */
export interface Login {
  /** Id of the object that holds the copy. */
  libraryId: string;
  /** What the object knows this browser by. */
  ticket: string;
}

type Ctx = Context<AppEnv>;

/** Without https, on one's own machine, there are no secure cookies. */
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

/** Keeps the context of a sign-in in the browser that began it. */
export async function setSignIn(c: Ctx, context: OAuthContext): Promise<void> {
  const sealed = await seal(
    JSON.stringify(context),
    c.env.COOKIE_SECRET,
    SIGN_IN,
  );
  setCookie(c, SIGN_IN, sealed, toOptions(c, SIGN_IN_SECONDS));
}

/** Takes the context of a sign-in out of the browser: it works once. */
export async function takeSignIn(c: Ctx): Promise<OAuthContext | undefined> {
  const options = toOptions(c, 0);
  const sealed = getCookie(c, SIGN_IN, options.prefix) ?? "";
  deleteCookie(c, SIGN_IN, options);
  const text = await unseal(sealed, c.env.COOKIE_SECRET, SIGN_IN);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Notes in the browser who is signed in. */
export async function setLogin(c: Ctx, login: Login): Promise<void> {
  const value = `${login.libraryId}.${login.ticket}`;
  const options = toOptions(c, LOGIN_SECONDS);
  await setSignedCookie(c, LOGIN, value, c.env.COOKIE_SECRET, options);
}

/** Who is signed in, as far as the browser tells; nobody if the cookie is not ours. */
export async function getLogin(c: Ctx): Promise<Login | undefined> {
  const { prefix } = toOptions(c, 0);
  const value = await getSignedCookie(c, c.env.COOKIE_SECRET, LOGIN, prefix);
  if (!value) return undefined;
  const [libraryId = "", ticket = ""] = value.split(".");
  return isLibraryId(c.env, libraryId) ? { libraryId, ticket } : undefined;
}

/** Whether an id is of this worker's objects: a class that was deployed anew has others. */
function isLibraryId({ LIBRARIES }: Env, id: string): boolean {
  try {
    LIBRARIES.idFromString(id);
    return true;
  } catch {
    return false;
  }
}

/** Forgets in the browser who is signed in. */
export function deleteLogin(c: Ctx): void {
  deleteCookie(c, LOGIN, toOptions(c, 0));
}
