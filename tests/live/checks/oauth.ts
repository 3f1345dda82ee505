/** Sign-in with OAuth, if the server has a provider that signs users in without a prompt. */
import {
  authorize,
  callback,
  currentUser,
  logout,
  OAuthError,
} from "@immich-edge/sync";
import { assertEquals, assertRejects } from "@std/assert";
import { type Check, check, Skip } from "../check.ts";
import type { Stage } from "../stage.ts";

const REDIRECT_URI = "http://127.0.0.1/callback";
const MAX_REDIRECTS = 20;

export const OAUTH_CHECKS: readonly Check[] = [
  check("a user signs in with OAuth", async (stage) => {
    const { email, back, context } = await start(stage);
    const { signal } = stage;
    const session = await callback(back, context, { signal });
    assertEquals(session.authType, "oauth");
    assertEquals((await currentUser(session, { signal })).email, email);
    await logout(session, { signal });
  }),

  check("an OAuth code works only once", async (stage) => {
    const { back, context } = await start(stage);
    const { signal } = stage;
    const session = await callback(back, context, { signal });
    await assertRejects(() => callback(back, context, { signal }), OAuthError);
    await logout(session, { signal });
  }),

  check("an OAuth callback with another state is rejected", async (stage) => {
    const { back, context } = await start(stage);
    const changed = new URL(back);
    changed.searchParams.set("state", "another");
    await assertRejects(() => callback(changed, context), OAuthError, "state");
  }),
];

/** Starts a sign-in, and follows the provider's redirects as a browser would. */
async function start(stage: Stage) {
  const { baseUrl, signal, options: { oauthEmail: email } } = stage;
  const { oauth } = await stage.asAdmin<{ oauth: boolean }>("/server/features");
  if (!oauth) throw new Skip("The server has no OAuth provider.");
  if (email === undefined) {
    throw new Skip(
      "Add --oauth-email if the server's OAuth provider signs users in without a prompt.",
    );
  }
  const { url, context } = await authorize(REDIRECT_URI, { baseUrl, signal });
  return { email, back: await follow(url, signal), context };
}

async function follow(from: string, signal: AbortSignal): Promise<string> {
  const cookies = new Map<string, string>();
  let url = from;
  for (let count = 0; count < MAX_REDIRECTS; count++) {
    const cookie = Array.from(cookies, (pair) => pair.join("=")).join("; ");
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie },
      signal,
    });
    await response.body?.cancel();
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    if (location === null) break;
    url = new URL(location, url).href;
    if (url.startsWith(REDIRECT_URI)) return url;
  }
  throw new Error(
    "The OAuth provider did not redirect back; it must sign users in without a prompt",
  );
}
