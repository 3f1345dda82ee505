/** Requests that another site makes a browser send. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sharedApp, syncNow, workerTest } from "./harness.ts";

const it = await sharedApp();
const { fake } = it;
fake.library.addAsset({ originalFileName: "ours.jpg" });
const EVIL = "https://evil.example";

const browser = it.open();
await it.signIn(browser);
await syncNow(browser);
const { origin } = browser;

/** Headers of requests that do not come from one of the app's pages. */
const FOREIGN: Record<string, Record<string, string>> = {
  "from another site": { origin: EVIL, "sec-fetch-site": "cross-site" },
  "from another site, in an old browser": { origin: EVIL },
  "from a site without a name": { origin: "null" },
  "from another site that hides itself": { "sec-fetch-site": "cross-site" },
  "from a site next door": {
    origin: origin.replace(/\d+$/, "1"),
    "sec-fetch-site": "same-site",
  },
  "from an address bar": { "sec-fetch-site": "none" },
  "over https": { origin: origin.replace("http:", "https:") },
  "from a name that begins alike": { origin: `${origin}.evil.example` },
  "from nowhere": {},
};

const FORM = "application/x-www-form-urlencoded";

const TYPES = [
  FORM,
  "multipart/form-data; boundary=x",
  "text/plain",
  "text/plain;charset=UTF-8",
  FORM.toUpperCase(),
  "application/json",
  "application/octet-stream",
  "x/y",
];

const PATHS = ["/sync", "/logout"];

/** Asserts that the app sent no requests, and that the browser is still signed in. */
async function assertUntouched(before: number, why: string): Promise<void> {
  const { text } = await browser.get("/");
  assertStringIncludes(text, "ours.jpg", why);
  assert(!text.includes('data-running="true"'), why);
  assertEquals(fake.requests.length, before, why);
}

workerTest("another site cannot press the app's buttons", async () => {
  for (const [why, headers] of Object.entries(FOREIGN)) {
    for (const path of PATHS) {
      for (const type of TYPES) {
        const before = fake.requests.length;
        const all = { "content-type": type, ...headers };
        const { status, text } = await browser.get(path, {
          method: "POST",
          headers: all,
          body: "a=1",
        });
        assertEquals([status, text], [403, "Forbidden"], `${why} ${type}`);
        await assertUntouched(before, why);
      }
    }
  }
});

workerTest("the button routes accept only POST requests", async () => {
  for (const path of PATHS) {
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS"]) {
      const before = fake.requests.length;
      const { status } = await browser.get(path, {
        method,
        headers: { origin },
      });
      assertEquals(status, 404, `${method} ${path}`);
      await assertUntouched(before, method);
    }
  }
});

workerTest("other sites cannot read responses", async () => {
  for (const path of ["/", "/events", "/sync", "/style.css"]) {
    for (const method of ["GET", "OPTIONS"]) {
      const { headers } = await browser.get(path, {
        method,
        headers: { origin: EVIL, "access-control-request-method": "POST" },
      });
      const allowed = [...headers.keys()]
        .filter((name) => name.startsWith("access-control-"));
      assertEquals(allowed, [], `${method} ${path}`);
    }
  }
});

workerTest(
  "the buttons work from the app's own pages in old and new browsers",
  async () => {
    const ways = [
      { origin, "sec-fetch-site": "same-origin" },
      { origin },
      { "sec-fetch-site": "same-origin" },
      { origin: "null", "sec-fetch-site": "same-origin" },
    ];
    for (const headers of ways) {
      const before = fake.requests.length;
      const { status } = await browser.post("/sync", headers);
      assertEquals(status, 303);
      await browser.get("/events");
      const asked = fake.requests.slice(before).map(({ path }) => path);
      assert(asked.includes("/api/sync/stream"), asked.join());
    }
    for (const headers of ways) {
      const other = it.open();
      await it.signIn(other);
      const { status } = await other.post("/logout", headers);
      assertEquals([status, [...other.cookies]], [303, []]);
      assertEquals(fake.requests.at(-1)?.path, "/api/auth/logout");
    }
  },
);
