/** How users of the sample worker sign in and out, and what is refused. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { until } from "../../support/events.ts";
import type { Browser } from "../photos/browser.ts";
import { workerTest } from "../photos/harness.ts";
import { isStream, Sample } from "./harness.ts";

const SIGN_IN = "Sign in with Immich";

/** Returns the names of a browser's cookies. */
function cookiesOf(browser: Browser): string[] {
  return [...browser.cookies.keys()];
}

workerTest(
  "a user who signs in gets one cookie, which only the worker can read",
  async () => {
    await using it = await Sample.start();
    const browser = it.open();
    assertStringIncludes((await browser.get("/")).text, SIGN_IN);
    await it.beginSignIn(browser);
    assertEquals(cookiesOf(browser), ["__Host-context"]);
    await it.signIn(browser);
    assertEquals(cookiesOf(browser), ["__Host-session"]);
    const ages: Record<string, string[]> = {};
    for (const { name, attributes } of browser.set) {
      const { "max-age": age = "", ...rest } = attributes;
      const expected = { path: "/", httponly: "", secure: "", samesite: "Lax" };
      assertEquals(rest, expected);
      (ages[name] ??= []).push(age);
    }
    assertEquals(ages, {
      "__Host-context": ["600", "600", "0"],
      "__Host-session": ["2592000"],
    });
    const { headers } = await browser.get("/");
    assertEquals(headers.get("cache-control"), "no-store");
    const received = browser.received.join("\n");
    for (const { token } of it.arrivals) {
      assert(token === "" || !received.includes(token));
    }
  },
);

workerTest(
  "the page has buttons and links, and no other site can frame it",
  async () => {
    await using it = await Sample.start();
    const { text, headers } = await (await it.signIn()).get("/");
    assertStringIncludes(text, '<form method="post">');
    for (const path of ["/sync", "/logout"]) {
      assertStringIncludes(text, `<button type="submit" formaction="${path}">`);
    }
    assertStringIncludes(text, '<a href="/login">');
    assertEquals(headers.get("x-frame-options"), "SAMEORIGIN");
    assertEquals(headers.get("x-content-type-options"), "nosniff");
  },
);

workerTest(
  "the copy has its own session, so other apps receive every change",
  async () => {
    await using it = await Sample.start();
    await it.signInAndSync();
    const parent = it.arrivals.find(({ path }) => path === "/api/sessions")!;
    const streams = it.arrivals.filter(isStream);
    assert(streams.length > 0);
    assert(streams.every(({ token }) => token !== parent.token));
  },
);

workerTest(
  "someone else's callback link is refused and does not interrupt a sign-in",
  async () => {
    await using it = await Sample.start();
    const [victim, stranger] = [it.open(), it.open()];
    const link = await it.beginSignIn(stranger);
    const { status, headers } = await victim.get(link);
    assertEquals([status, headers.get("location")], [302, "/"]);
    const back = await it.beginSignIn(victim);
    const refused = await victim.get(link);
    assertEquals(refused.status, 400);
    assertStringIncludes(refused.text, "from another sign-in");
    assertEquals(cookiesOf(victim), ["__Host-context"]);
    assertEquals(
      it.arrivals.filter(({ path }) => path === "/api/oauth/callback"),
      [],
    );
    assertEquals((await victim.get(back)).headers.get("location"), "/");
    assertEquals(cookiesOf(victim), ["__Host-session"]);
  },
);

workerTest(
  "a user who refuses a sign-in at the provider sees why and can sign in again",
  async () => {
    await using it = await Sample.start();
    const browser = it.open();
    const back = await it.beginSignIn(browser, "refuse");
    const { status, text } = await browser.get(back);
    assertEquals(status, 400);
    assertStringIncludes(text, "access_denied");
    assertStringIncludes((await browser.get("/")).text, SIGN_IN);
    await it.signIn(browser);
    assertEquals(cookiesOf(browser), ["__Host-session"]);
  },
);

workerTest(
  "a sign-in that fails halfway can be repeated, and its session is ended",
  async () => {
    await using it = await Sample.start();
    const browser = it.open();
    const back = await it.beginSignIn(browser);
    const created = it.intercept(
      ({ path }) => path === "/api/sessions",
      () => Response.json({ message: "private" }, { status: 400 }),
    );
    const { status, text } = await browser.get(back);
    assertEquals(status, 500);
    assertEquals(text, "Cannot reach Immich, or something else went wrong.");
    assertStringIncludes((await browser.get("/")).text, SIGN_IN);
    assert(!cookiesOf(browser).includes("__Host-session"));
    await it.signIn(browser);
    await it.page(browser, "Up to date");
    const ended = it.arrivals.filter(({ path }) => path === "/api/auth/logout");
    assertEquals(ended.map(({ token }) => token), [(await created).token]);
  },
);

workerTest(
  "a cookie that was changed or made for another purpose is ignored",
  async () => {
    await using it = await Sample.start();
    const browser = await it.signIn();
    const session = browser.cookies.get("__Host-session")!;
    const other = it.open();
    const link = await it.beginSignIn(other);
    const context = other.cookies.get("__Host-context")!;
    for (const value of ["", "x", session.slice(1), `${session}A`, context]) {
      const forged = it.open();
      forged.cookies.set("__Host-session", value);
      assertStringIncludes((await forged.get("/")).text, SIGN_IN);
    }
    const forged = it.open();
    forged.cookies.set("__Host-context", session);
    assertEquals((await forged.get(link)).headers.get("location"), "/");
    assertEquals(forged.cookies.has("__Host-session"), false);
  },
);

workerTest("forms submitted by another site are rejected", async () => {
  await using it = await Sample.start();
  const browser = await it.signInAndSync();
  const requests = it.arrivals.length;
  for (const path of ["/sync", "/logout"]) {
    for (
      const headers of [
        { origin: "https://evil.example" },
        { origin: "null", "sec-fetch-site": "cross-site" },
        { origin: "https://evil.example", "content-type": "text/plain" },
      ]
    ) {
      const { status } = await browser.post(path, headers);
      assertEquals(status, 403);
    }
    assertEquals((await browser.get(path)).status, 404);
  }
  assertEquals(it.arrivals.slice(requests), []);
  assertStringIncludes((await browser.get("/")).text, "Up to date");
});

workerTest(
  "signing out ends both sessions, and deletes the copy and its alarm",
  async () => {
    await using it = await Sample.start();
    it.fake.library.addAsset();
    const browser = await it.signInAndSync();
    const tokens = new Set(
      it.arrivals.map(({ token }) => token).filter(Boolean),
    );
    assertEquals(tokens.size, 2);
    const copied = browser.copy();
    const { status, headers } = await browser.post("/logout");
    assertEquals([status, headers.get("location")], [303, "/"]);
    assertEquals(cookiesOf(browser), []);
    assertEquals(it.alarm, undefined);
    assertEquals(
      it.query("SELECT 1 FROM sqlite_master WHERE name = 'photos'"),
      [],
    );
    for (const accessToken of tokens) {
      const request = new Request("https://immich.test/api/users/me", {
        headers: { authorization: `Bearer ${accessToken}` },
      });
      assertEquals((await it.fake.handler(request)).status, 401);
    }
    // A copy of the cookie is useless, even after the user has signed in again.
    assertStringIncludes((await copied.get("/")).text, SIGN_IN);
    await it.signIn(browser);
    await it.page(browser, "Up to date");
    const requests = it.arrivals.length;
    assertStringIncludes((await copied.get("/")).text, SIGN_IN);
    await copied.post("/sync");
    assertEquals((await copied.post("/logout")).status, 303);
    assertEquals(it.arrivals.slice(requests), []);
    assertStringIncludes((await browser.get("/")).text, "Up to date");
  },
);

workerTest(
  "a running sync stores nothing more after a new sign-in",
  async () => {
    let now = Date.now();
    await using it = await Sample.start({ now: () => now });
    const { library } = it.fake;
    const deleted = library.addAsset();
    const released = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    void it.intercept(isStream, async (_, pass) => {
      const response = await pass();
      const lines = await response.text();
      opened.resolve();
      await released.promise;
      return new Response(lines, response);
    });
    await it.signIn();
    await opened.promise;
    library.deleteAsset(deleted.id);
    // After 31 days, the server does not send this delete to a new session.
    now += 32 * 24 * 60 * 60 * 1000;
    it.fake.forgetDeletes();
    const { id } = library.addAsset();
    const browser = await it.signIn();
    released.resolve();
    await it.page(browser, "Up to date");
    assertEquals(it.ids, [id]);
  },
);

workerTest(
  "a sync that is running when the user signs out stores nothing more",
  async () => {
    await using it = await Sample.start();
    const held = Promise.withResolvers<Response>();
    const opened = it.intercept(isStream, () => held.promise);
    const browser = await it.signIn();
    await opened;
    const { status } = await browser.post("/logout");
    assertEquals(status, 303);
    await until(() => it.alarm === undefined, "the alarm is deleted");
    assertEquals(it.query("SELECT name FROM sqlite_master"), []);
  },
);

workerTest(
  "a user can sign out while the server is down and sees what is left to do",
  async () => {
    await using it = await Sample.start();
    const browser = await it.signInAndSync();
    const copied = browser.copy();
    let alarm: number | undefined = NaN;
    it.gate = () => {
      alarm = it.alarm;
      return new Response(null, { status: 503 });
    };
    const { status, text } = await browser.post("/logout");
    assertEquals(alarm, undefined, "the alarm is deleted before the request");
    assertEquals(status, 502);
    assertStringIncludes(text, "End the session in Immich, too");
    assertEquals(cookiesOf(browser), []);
    assertEquals(it.alarm, undefined);
    assertStringIncludes((await copied.get("/")).text, SIGN_IN);
  },
);

workerTest(
  "the alarm stops if a session ends on the server, and the page says so",
  async () => {
    await using it = await Sample.start();
    it.fake.library.addAsset({ originalFileName: "beach.jpg" });
    const browser = await it.signInAndSync();
    const endSession = () => {
      const { token: accessToken } = it.arrivals
        .findLast(({ path }) => path === "/api/sessions")!;
      it.fake.endSession({ baseUrl: "", accessToken });
    };
    endSession();
    await browser.post("/sync");
    const page = await it.page(browser, "Your session has ended");
    assertStringIncludes(page, "beach.jpg");
    assertEquals(it.alarm, undefined);
    await it.signIn(browser);
    assertStringIncludes(await it.page(browser, "Up to date"), "beach.jpg");
    endSession();
    const { headers } = await browser.post("/logout");
    assertEquals(headers.get("location"), "/");
  },
);

workerTest(
  "signing in with another browser signs out the first one",
  async () => {
    await using it = await Sample.start();
    const first = await it.signInAndSync();
    const second = await it.signInAndSync();
    assertStringIncludes((await first.get("/")).text, SIGN_IN);
    assertStringIncludes((await second.get("/")).text, "Up to date");
    const ended = it.arrivals.filter(({ path }) => path === "/api/auth/logout");
    assertEquals(ended.length, 1);
  },
);

workerTest("a user never sees another user's photos", async () => {
  await using it = await Sample.start();
  it.fake.library.addAsset({ originalFileName: "ours.jpg" });
  const bob = it.fake.library.addUser({ email: "bob@immich.test" });
  const theirs = it.fake.library.as(bob.id);
  theirs.addAsset({ originalFileName: "bobs.jpg" });
  const browser = await it.signInAndSync();
  // The fake server's provider knows only one user, so the test replaces the
  // response to the sign-in.
  const { accessToken } = it.fake.createSession(bob.id);
  void it.intercept(
    ({ path }) => path === "/api/oauth/callback",
    () => Response.json({ accessToken, userId: bob.id }, { status: 201 }),
  );
  const other = await it.signIn();
  const page = await it.page(other, "Up to date");
  assertStringIncludes(page, "bobs.jpg");
  assert(!page.includes("ours.jpg"));
  const ours = (await browser.get("/")).text;
  assertStringIncludes(ours, "ours.jpg");
  assert(!ours.includes("bobs.jpg"));
});
