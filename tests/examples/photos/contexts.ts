/** Sign-in contexts in a browser's cookies. */
import type { OAuthContext } from "../../../mod.ts";
import { openContext } from "../../../src/seal/mod.ts";
import type { Browser } from "./browser.ts";
import { SECRET } from "../served_worker.ts";

/** Returns the name of the only sign-in cookie. */
export function signInCookie({ cookies }: Browser): string {
  const names = [...cookies.keys()].filter((name) => /sign_in_/.test(name));
  if (names.length === 1) return names[0]!;
  throw new Error(`Cannot find the sign-in: there are ${names.length} cookies`);
}

/** Opens the context of the only sign-in. */
export async function readContext(browser: Browser): Promise<OAuthContext> {
  const sealed = browser.readCookie(signInCookie(browser));
  const context = await openContext(sealed, SECRET);
  if (context !== undefined) return context;
  throw new Error("Cannot open the context");
}
