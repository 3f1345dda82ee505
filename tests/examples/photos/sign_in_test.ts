/** The sign-in at the provider, and what the browser receives. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { codeChallenge } from "../../../src/auth/pkce.ts";
import type { Browser, Cookie } from "./browser.ts";
import { readContext, signInCookie } from "./contexts.ts";
import { beginSignIn } from "../served_worker.ts";
import { sharedApp, syncNow, workerTest } from "./harness.ts";

const it = await sharedApp();
const { id } = it.fake.library.addAsset();
const HTTPS = "https://photos.example";

/** Returns the last cookie that was set and not deleted. */
function lastCookie({ set }: Browser): Cookie {
  return set.findLast(({ value }) => value !== "")!;
}

/** Returns a secret in plain text, and as it appears in base64 and hexadecimal text. */
function formsOf(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  const inBase64 = [0, 1, 2].map((offset) => {
    const text = new Uint8Array([...new Uint8Array(offset), ...bytes]);
    // The first and last digits also encode the neighboring bytes.
    return text.toBase64({ alphabet: "base64url" }).replace(/=+$/, "")
      .slice(offset === 0 ? 0 : 4, -4);
  });
  return [secret, ...inBase64, bytes.toHex()];
}

workerTest(
  "the redirect to the provider has a state and a challenge, not the verifier",
  async () => {
    const browser = it.open();
    const { status, headers } = await browser.get("/login");
    assertEquals(status, 302);
    const { origin, searchParams } = new URL(headers.get("location") ?? "");
    assertEquals(origin, it.server);
    const { state, codeVerifier, redirectUri } = await readContext(browser);
    assertEquals(Object.fromEntries(searchParams), {
      client_id: "client-default",
      code_challenge: await codeChallenge(codeVerifier),
      code_challenge_method: "S256",
      redirect_uri: redirectUri,
      response_type: "code",
      scope: "openid email profile",
      state,
    });
    assertEquals(redirectUri, `${browser.origin}/callback`);
    assert(codeVerifier.length >= 43 && state.length >= 22);
  },
);

workerTest("two sign-ins share no secrets", async () => {
  const [one, other] = [it.open(), it.open()];
  await Promise.all([beginSignIn(one), beginSignIn(other)]);
  // Each starts with a random nonce.
  const [nonce, another] = [one, other].map((browser) =>
    browser.readCookie(signInCookie(browser)).slice(0, 16)
  );
  assertNotEquals(nonce, another);
  const [mine, theirs] = [await readContext(one), await readContext(other)];
  assertNotEquals(mine.state, theirs.state);
  assertNotEquals(mine.codeVerifier, theirs.codeVerifier);
});

workerTest(
  "the browser cannot read the sign-in cookie",
  async () => {
    const browser = it.open();
    await beginSignIn(browser);
    const context = await readContext(browser);
    const sealed = browser.readCookie(signInCookie(browser));
    const decoded = Uint8Array.fromBase64(sealed, { alphabet: "base64url" });
    const readable = sealed + new TextDecoder("latin1").decode(decoded);
    for (const [name, value] of Object.entries(context)) {
      for (const form of [name, ...formsOf(String(value))]) {
        assert(!readable.includes(form), `${name} as ${form}`);
      }
    }
  },
);

workerTest(
  "the sign-in cookie lasts ten minutes and is restricted to the app",
  async () => {
    const browser = it.open();
    await beginSignIn(browser);
    const { name, attributes } = lastCookie(browser);
    assertMatch(name, /^sign_in_[0-9a-f]{16}$/);
    assertEquals(attributes, {
      "max-age": "600",
      path: "/",
      httponly: "",
      samesite: "Lax",
    });
  },
);

workerTest("the login cookie is restricted to the app", async () => {
  const browser = it.open();
  await it.signIn(browser);
  const { name, attributes } = lastCookie(browser);
  assertEquals(name, "login");
  const { "max-age": age, ...rest } = attributes;
  assertEquals(rest, { path: "/", httponly: "", samesite: "Lax" });
  assert(Number(age) <= 90 * 24 * 60 * 60, age);
  assertEquals([...browser.cookies.keys()], ["login"]);
});

workerTest(
  "cookies over https are secure and cannot be set by other hosts",
  async () => {
    const browser = it.open(HTTPS);
    const answer = await it.signIn(browser);
    assertEquals([answer.status, answer.headers.get("location")], [302, "/"]);
    const names = browser.set.map(({ name }) => name.replace(/_\w{16}$/, ""));
    const expected = ["__Host-sign_in", "__Host-sign_in", "__Host-login"];
    assertEquals(names, expected);
    for (const { attributes } of browser.set) {
      assertEquals([attributes.secure, attributes.path], ["", "/"]);
      assert(!("domain" in attributes));
    }
    assertStringIncludes((await browser.get("/")).text, it.fake.user.email);
    await browser.post("/logout");
    assertEquals([...browser.cookies], []);
  },
);

workerTest(
  "a cookie without the __Host- prefix is ignored over https",
  async () => {
    const browser = it.open(HTTPS);
    await it.signIn(browser);
    const other = it.open(HTTPS);
    other.cookies.set("login", browser.cookies.get("__Host-login") ?? "");
    const { text } = await other.get("/");
    assertStringIncludes(text, 'href="/login"');
    assert(!text.includes(it.fake.user.email));
  },
);

workerTest(
  "a completed sign-in redirects only to the first page",
  async () => {
    const evil = "https://evil.example/";
    const additions = ["redirect", "next", "return_to", "url", "continue"]
      .map((name) => `&${name}=${encodeURIComponent(evil)}`);
    for (const addition of ["", ...additions, "#//evil.example"]) {
      const browser = it.open();
      const back = await it.visitProvider(await beginSignIn(browser));
      const { status, headers } = await browser.get(back + addition);
      assertEquals([status, headers.get("location")], [302, "/"], addition);
    }
  },
);

workerTest(
  "redirects lead to no host other than the provider's",
  async () => {
    const paths = [
      ...["//evil.example", "//evil.example/callback", "/%2f%2fevil.example"],
      ...["/login?redirect=//evil.example", "/login//evil.example"],
      ...["/albums//evil.example", "/albums/%2f%2fevil.example"],
      ...["/callback//evil.example", "/\\evil.example", "/.//evil.example"],
    ];
    const browser = it.open();
    for (const path of paths) {
      // Sent unchanged: a URL object would parse some as another host.
      const { status, headers } = await fetchPath(browser, path);
      const target = headers.get("location");
      if (target === null) continue;
      assert(status >= 300 && status < 400, path);
      const { origin } = new URL(target, browser.origin);
      const allowed = path.startsWith("/login?") ? it.server : browser.origin;
      assertEquals(origin, allowed, `${path} leads to ${target}`);
    }
  },
);

async function fetchPath({ origin }: Browser, path: string): Promise<Response> {
  const answer = await fetch(origin + path, { redirect: "manual" });
  await answer.body?.cancel();
  return answer;
}

workerTest("a signed-in user skips the sign-in page", async () => {
  const browser = it.open();
  await it.signIn(browser);
  const { status, headers } = await browser.get("/login");
  assertEquals([status, headers.get("location")], [302, "/"]);
});

workerTest("access tokens never reach the browser", async () => {
  const browser = it.open();
  await it.signIn(browser);
  await syncNow(browser);
  const paths = ["/", "/events", `/thumbnails/${id}`, "/albums/none"];
  for (const path of [...paths, "/login", "/callback", "/style.css"]) {
    await browser.get(path);
  }
  await browser.post("/sync");
  await browser.post("/logout");
  await browser.get("/");
  const all = browser.received.join("\n");
  assert(all.length > 5_000 && it.tokens.length > 1);
  for (const token of it.tokens) {
    for (const form of formsOf(token)) assert(!all.includes(form));
  }
});

workerTest(
  "a visitor who refuses at the provider is not signed in and may retry",
  async () => {
    const browser = it.open();
    const { status, text } = await it.signIn(browser, { decision: "refuse" });
    assertEquals(status, 400);
    assertStringIncludes(text, "You were not signed in");
    assertMatch(text, /<a [^>]*href="\/login"/);
    assertEquals([...browser.cookies], []);
    assertStringIncludes((await browser.get("/")).text, 'id="sign-in"');
    const again = await it.signIn(browser);
    assertEquals([again.status, again.headers.get("location")], [302, "/"]);
    assertStringIncludes((await browser.get("/")).text, it.fake.user.email);
  },
);
