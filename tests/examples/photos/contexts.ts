/** The contexts of sign-ins in a browser's cookies. */
import { seal, unseal } from "../../../examples/photos/src/seal.ts";
import type { OAuthContext } from "../../../mod.ts";
import type { Browser } from "./browser.ts";
import { SECRET } from "./harness.ts";

/** Returns the name of the only sign-in cookie. */
export function signInCookie({ cookies }: Browser): string {
  const names = [...cookies.keys()].filter((name) => /sign_in_/.test(name));
  if (names.length === 1) return names[0]!;
  throw new Error(`Cannot find the sign-in: there are ${names.length} cookies`);
}

/** Opens the context of the only sign-in. */
export async function openContext(browser: Browser): Promise<OAuthContext> {
  const sealed = browser.readCookie(signInCookie(browser));
  return JSON.parse(await unseal(sealed, SECRET, "sign_in_") ?? "null");
}

/** Seals a context as the worker does. */
export async function sealContext(
  context: OAuthContext,
  secret: string = SECRET,
): Promise<string> {
  return await seal(JSON.stringify(context), secret, "sign_in_");
}
