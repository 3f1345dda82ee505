/** Login cookies that the app did not set, or set for someone else. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { serializeSigned } from "hono/utils/cookie";
import type { Browser } from "./browser.ts";
import { assertSignedOut } from "./pages.ts";
import { SECRET } from "../served_worker.ts";
import { sharedApp, syncNow, workerTest } from "./harness.ts";

const OTHER_SECRET = SECRET.toUpperCase();

const it = await sharedApp();
const { fake } = it;
const bob = fake.library.addUser({ email: "bob@immich.test", name: "Bob" });
const asset = fake.library.addAsset({ originalFileName: "ours.jpg" }).id;
const bobs = fake.library.as(bob.id);
const bobsAsset = bobs.addAsset({ originalFileName: "bobs.jpg" }).id;
const bobsAlbum = bobs.addAlbum({ name: "Bob's summer" }, [bobsAsset]).id;

/** Returns a browser that is signed in and has a copy. */
async function signedIn(user = fake.user): Promise<Browser> {
  const browser = it.open();
  await it.signIn(browser, { user });
  await syncNow(browser);
  return browser;
}

/** Signs a login like the app. */
async function signLogin(value: string, secret = SECRET): Promise<string> {
  const cookie = await serializeSigned("login", value, secret);
  return decodeURIComponent(cookie.slice("login=".length));
}

/** Replaces the character at a position. */
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
  // Only the secret differs.
  assertEquals(await signLogin(value), login);
  const forged = it.open();
  forged.writeCookie("login", await signLogin(value, OTHER_SECRET));
  await assertSignedOut(it, forged, asset);
});

workerTest("a login for a copy that no longer exists is rejected", async () => {
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

workerTest(
  "a sign-out also invalidates copies of the login cookie",
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

workerTest("a login never gives access to another user's library", async () => {
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
    // Even with the secret, a ticket is valid only for its own library.
    await signLogin(`${theirId}.${ticket}`),
    await signLogin(`${theirId}.${id}`),
  ];
  for (const login of mixed) {
    const forged = it.open();
    forged.writeCookie("login", login);
    await assertSignedOut(it, forged, bobsAsset);
  }
});
