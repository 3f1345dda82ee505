/** Cookies that are not what the worker has set, or not where it has set them. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { serializeSigned } from "hono/utils/cookie";
import { seal, unseal } from "../../../examples/photos/src/seal.ts";
import type { OAuthContext } from "../../../mod.ts";
import type { Browser } from "./browser.ts";
import { assertRefused, assertSignedOut } from "./pages.ts";
import {
  beginSignIn,
  SECRET,
  sharedHarness,
  syncNow,
  workerTest,
} from "./harness.ts";

const OTHER_SECRET = SECRET.toUpperCase();
const MINUTE_MS = 60_000;

const it = await sharedHarness();
const { fake } = it;
const bob = fake.library.addUser({ email: "bob@immich.test", name: "Bob" });
const asset = fake.library.addAsset({ originalFileName: "ours.jpg" }).id;
const bobs = fake.library.as(bob.id);
const bobsAsset = bobs.addAsset({ originalFileName: "bobs.jpg" }).id;
const bobsAlbum = bobs.addAlbum({ name: "Bob's summer" }, [bobsAsset]).id;

/** A browser that is signed in and has a copy. */
async function signedIn(user = fake.user): Promise<Browser> {
  const browser = it.open();
  await it.signIn(browser, { user });
  await syncNow(browser);
  return browser;
}

/** Signs a login as the worker does. */
async function signLogin(value: string, secret = SECRET): Promise<string> {
  const cookie = await serializeSigned("login", value, secret);
  return decodeURIComponent(cookie.slice("login=".length));
}

/** A text with another digit in a place. */
function change(text: string, at: number): string {
  const index = at < 0 ? text.length + at : at;
  const digit = text[index] === "0" ? "1" : "0";
  return text.slice(0, index) + digit + text.slice(index + 1);
}

function isSignedIn(text: string): boolean {
  return text.includes('id="timeline"');
}

workerTest("a login cookie with any part changed is rejected", async () => {
  const browser = await signedIn();
  const parts = browser.readCookie("login").split(".");
  assertEquals(parts.length, 3);
  for (const [index, part] of parts.entries()) {
    for (const at of [0, part.length >> 1, -3]) {
      const changed = parts.with(index, change(part, at)).join(".");
      const forged = it.open();
      forged.writeCookie("login", changed);
      await assertSignedOut(it, forged, asset);
    }
  }
  assert(isSignedIn((await browser.get("/")).text));
});

workerTest("a truncated, empty or extended login is rejected", async () => {
  const browser = await signedIn();
  const login = browser.readCookie("login");
  const [libraryId = "", ticket = "", signature = ""] = login.split(".");
  const others = [
    "",
    ".",
    "..",
    login.slice(0, -1),
    login.slice(1),
    `${libraryId}.${ticket}`,
    `${libraryId}.${ticket}.`,
    `${libraryId}..${signature}`,
    `${libraryId}.${ticket}.x.${signature}`,
    `${login}.${signature}`,
  ];
  for (const other of others) {
    const forged = it.open();
    forged.writeCookie("login", other);
    await assertSignedOut(it, forged, asset);
  }
});

workerTest("a login signed with another secret is rejected", async () => {
  const browser = await signedIn();
  const login = browser.readCookie("login");
  const value = login.slice(0, login.lastIndexOf("."));
  // What is made here is what the worker makes: only the secret tells.
  assertEquals(await signLogin(value), login);
  const forged = it.open();
  forged.writeCookie("login", await signLogin(value, OTHER_SECRET));
  await assertSignedOut(it, forged, asset);
});

workerTest("a login for a copy that is gone is rejected", async () => {
  const browser = await signedIn();
  const [libraryId = "", ticket = ""] = browser.readCookie("login").split(".");
  for (const id of ["", "x", change(libraryId, -1), "0".repeat(64)]) {
    const old = it.open();
    old.writeCookie("login", await signLogin(`${id}.${ticket}`));
    await assertSignedOut(it, old, asset);
    assertEquals((await it.signIn(old)).headers.get("location"), "/");
    assert(isSignedIn((await old.get("/")).text));
  }
});

workerTest("a login and a sign-in are not interchangeable", async () => {
  const browser = await signedIn();
  const other = it.open();
  const back = await it.visitProvider(await beginSignIn(other));
  const sealed = other.readCookie("sign_in");
  other.writeCookie("sign_in", browser.readCookie("login"));
  assertRefused(other, await other.get(back), "This sign-in has expired");
  const another = it.open();
  another.writeCookie("login", sealed);
  await assertSignedOut(it, another, asset);
});

workerTest(
  "a login ends with the sign-out, even for a copied cookie",
  async () => {
    const browser = await signedIn();
    const copied = browser.copy();
    assert(isSignedIn((await copied.get("/")).text));
    await browser.post("/logout");
    assertEquals([...browser.cookies], []);
    await assertSignedOut(it, copied, asset);
    const { status, text } = await copied.get("/events");
    assertEquals(status, 200);
    assert(!text.includes("<p>"), text);
  },
);

workerTest(
  "signing out ends that session only, not those of other browsers",
  async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    const before = fake.requests.length;
    await one.post("/logout");
    const asked = fake.requests.slice(before).map(({ path }) => path);
    assertEquals(asked, ["/api/auth/logout"]);
    assert(isSignedIn((await other.get("/")).text));
  },
);

workerTest("a login never reaches another user's library", async () => {
  const [ours, theirs] = [await signedIn(), await signedIn(bob)];
  assertStringIncludes((await theirs.get("/")).text, "Bob&#39;s summer");
  const page = await ours.get("/");
  assertStringIncludes(page.text, "ours.jpg");
  assert(!page.text.includes("bobs.jpg") && !page.text.includes("summer"));
  const paths = [
    ...[`/thumbnails/${bobsAsset}`, `/albums/${bobsAlbum}`],
    ...[`/photos/${bobsAsset}`, `/photos/${bobsAsset}?album=${bobsAlbum}`],
  ];
  for (const path of paths) {
    assertEquals((await theirs.get(path)).status, 200, path);
    assertEquals((await ours.get(path)).status, 404, path);
  }
  const [id, ticket, signature] = ours.readCookie("login").split(".");
  const [theirId, , theirSignature] = theirs.readCookie("login").split(".");
  const mixed = [
    [theirId, ticket, signature].join("."),
    [theirId, ticket, theirSignature].join("."),
    // Even with the secret, a ticket is good for its own library alone.
    await signLogin(`${theirId}.${ticket}`),
    await signLogin(`${theirId}.${id}`),
  ];
  for (const login of mixed) {
    const forged = it.open();
    forged.writeCookie("login", login);
    await assertSignedOut(it, forged, bobsAsset);
  }
});

workerTest(
  "a changed or truncated sign-in is refused before the server is asked",
  async () => {
    const browser = it.open();
    const back = await it.visitProvider(await beginSignIn(browser));
    const sealed = browser.readCookie("sign_in");
    const digits = sealed.replace(/=+$/, "").length;
    const places = [0, 1, 15, 16, 17, digits >> 1, digits - 2, digits - 1];
    const others = places.map((at) => change(sealed, at));
    others.push("", "x", sealed.slice(4), sealed.slice(0, -4), `${sealed}AAAA`);
    others.push(sealed.slice(0, 16), ` ${sealed}`, `${sealed.slice(0, 40)} `);
    const before = fake.requests.length;
    for (const other of others) {
      const forged = it.open();
      forged.writeCookie("sign_in", other);
      assertRefused(forged, await forged.get(back), "This sign-in has expired");
    }
    assertEquals(fake.requests.length, before);
    assertEquals((await browser.get(back)).headers.get("location"), "/");
  },
);

workerTest(
  "a sign-in sealed with another secret or purpose is refused",
  async () => {
    const browser = it.open();
    const back = await it.visitProvider(await beginSignIn(browser));
    const context = await unseal(
      browser.readCookie("sign_in"),
      SECRET,
      "sign_in",
    ) ?? "";
    const ways = [[OTHER_SECRET, "sign_in"], [SECRET, "login"], [SECRET, ""]];
    for (const [secret = "", purpose = ""] of ways) {
      const forged = it.open();
      forged.writeCookie("sign_in", await seal(context, secret, purpose));
      assertRefused(forged, await forged.get(back), "This sign-in has expired");
    }
    const good = it.open();
    good.writeCookie("sign_in", await seal(context, SECRET, "sign_in"));
    assertEquals((await good.get(back)).headers.get("location"), "/");
  },
);

workerTest("a sign-in is valid for ten minutes", async () => {
  for (const [minutes, works] of [[9, true], [11, false]] as const) {
    const browser = it.open();
    const back = await it.visitProvider(await beginSignIn(browser));
    const sealed = browser.readCookie("sign_in");
    const text = await unseal(sealed, SECRET, "sign_in") ?? "";
    const context: OAuthContext = JSON.parse(text);
    context.createdAt = Date.now() - minutes * MINUTE_MS;
    const old = await seal(JSON.stringify(context), SECRET, "sign_in");
    browser.writeCookie("sign_in", old);
    const answer = await browser.get(back);
    if (works) assertEquals(answer.headers.get("location"), "/");
    else assertRefused(browser, answer, "This sign-in has expired");
  }
});

workerTest("a callback cannot sign in another browser", async () => {
  const [one, busy, idle] = [it.open(), it.open(), it.open()];
  const back = await it.visitProvider(await beginSignIn(one));
  await beginSignIn(busy);
  const before = fake.requests.length;
  const title = "This sign-in was not started in this browser";
  assertRefused(busy, await busy.get(back), title);
  assertRefused(idle, await idle.get(back), "This sign-in has expired");
  assertEquals(fake.requests.length, before);
  assertEquals((await one.get(back)).headers.get("location"), "/");
});

workerTest("a callback works once", async () => {
  const browser = it.open();
  const back = await it.visitProvider(await beginSignIn(browser));
  const copied = browser.copy();
  assertEquals((await browser.get(back)).headers.get("location"), "/");
  const tokens = it.tokens.length;
  assertRefused(
    copied,
    await copied.get(back),
    "The sign-in could not be completed",
  );
  assertEquals(it.tokens.length, tokens);
  // The browser has nothing left to try it with.
  const again = it.open();
  assertRefused(again, await again.get(back), "This sign-in has expired");
});

workerTest(
  "the sign-in cookie is deleted even if the callback fails",
  async () => {
    const paths = [
      "/callback",
      "/callback?error=no",
      "/callback?code=1&state=2",
    ];
    for (const path of paths) {
      const browser = it.open();
      await beginSignIn(browser);
      assert(browser.cookies.has("sign_in"));
      assertEquals((await browser.get(path)).status, 400);
      assertEquals([...browser.cookies], [], path);
    }
  },
);
