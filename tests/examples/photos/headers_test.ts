/** Security and caching headers, and pages that comply with them. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { startWorker } from "../../../examples/photos/local/workerd.ts";
import type { Answer } from "./browser.ts";
import { sharedApp, syncNow, workerTest } from "./harness.ts";

const it = await sharedApp();
const { library } = it.fake;
const hash = "1QcSHQRnh493V4dIh4eXh1h4kJUI";
const { id } = library.addAsset({ thumbhash: hash, isFavorite: true });
library.addAsset({ thumbhash: "no hash", type: "VIDEO", duration: 1 });
library.updateExif(id, { city: "Bern", country: "Switzerland" });
const album = library.addAlbum({ name: "Summer" }, [id]);
const browser = it.open();
await it.signIn(browser);
await syncNow(browser);

/** Pages of each kind. */
const ANSWERS: Record<string, () => Promise<Answer>> = {
  "the signed-out page": () => it.open().get("/"),
  "the page after a sign-out elsewhere": async () => {
    const other = it.open();
    await it.signIn(other);
    const copied = other.copy();
    await other.post("/logout");
    return await copied.get("/");
  },
  "the first page": () => browser.get("/"),
  "the page of a year": () => browser.get("/?before=2000"),
  "the page of an album": () => browser.get(`/albums/${album.id}`),
  "the page of a photo": () => browser.get(`/photos/${id}`),
  "a missing album": () => browser.get("/albums/none"),
  "a missing page": () => browser.get("/none"),
  "a sign-in that failed": () => browser.copy().get("/callback"),
  "a sign-in that was refused": () =>
    it.signIn(it.open(), { decision: "refuse" }),
  "a copy that is syncing": async () => {
    const other = browser.copy();
    await other.post("/sync");
    const page = await other.get("/");
    await other.get("/events");
    return page;
  },
};

/** Other responses. */
const OTHERS: Record<string, () => Promise<Answer>> = {
  "a redirect to the provider": () => it.open().get("/login"),
  "a redirect to the first page": () => it.open().get("/albums/none"),
  "a click on a button": () => browser.post("/sync"),
  "a click on another site": () => browser.post("/sync", {}),
  "a body that is not a form": () =>
    browser.post("/sync", { "content-type": "application/json" }),
  "events": () => browser.get("/events"),
  "events for a signed-out browser": () => it.open().get("/events"),
  "a thumbnail": () => browser.get(`/thumbnails/${id}`),
  "a cached thumbnail": () => browser.get(`/thumbnails/${id}`),
  "a missing thumbnail": () => browser.get("/thumbnails/none"),
  "a thumbnail for a signed-out browser": () =>
    it.open().get(`/thumbnails/${id}`),
  "a misconfigured worker": async () => {
    await using worker = await startWorker({ bindings: {} });
    const { status, headers, body } = await fetch(worker.url);
    return { status, headers, text: await new Response(body).text() };
  },
};

/** Parses the content security policy. */
function toDirectives({ headers }: Answer): Record<string, string> {
  const policy = headers.get("content-security-policy") ?? "";
  const directives = policy.split(";").map((text) => text.trim().split(" "));
  return Object.fromEntries(
    directives.filter(([name]) => name)
      .map(([name, ...sources]) => [name, sources.join(" ")]),
  );
}

workerTest(
  "every response restricts scripts and reveals nothing to other sites",
  async () => {
    for (const [what, ask] of Object.entries({ ...ANSWERS, ...OTHERS })) {
      const answer = await ask();
      const { headers } = answer;
      assertEquals(toDirectives(answer), {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
      }, what);
      assertEquals(headers.get("x-content-type-options"), "nosniff", what);
      assertEquals(headers.get("x-frame-options"), "DENY", what);
      assertEquals(headers.get("referrer-policy"), "no-referrer", what);
      for (const name of ["opener", "resource"]) {
        const policy = headers.get(`cross-origin-${name}-policy`);
        assertEquals(policy, "same-origin", what);
      }
      assertMatch(
        headers.get("strict-transport-security") ?? "",
        /^max-age=\d{7}/,
      );
      for (const name of ["x-powered-by", "access-control-allow-origin"]) {
        assertEquals(headers.get(name), null, what);
      }
    }
  },
);

workerTest("pages with personal data are never cached", async () => {
  for (const [what, ask] of Object.entries(ANSWERS)) {
    const { headers } = await ask();
    assertEquals(headers.get("cache-control"), "no-store", what);
  }
});

workerTest(
  "pages load only the app's own scripts, styles and other files",
  async () => {
    for (const [what, ask] of Object.entries(ANSWERS)) {
      const { headers, text } = await ask();
      assertEquals(
        headers.get("content-type"),
        "text/html; charset=UTF-8",
        what,
      );
      assertMatch(text, /^<!doctype html><html lang="en">/);
      assert(
        !/<style|<iframe|<object|<embed|<base|<meta http-equiv/i.test(text),
      );
      for (const [script] of text.matchAll(/<script[\s\S]*?<\/script>/gi)) {
        assertEquals(script, '<script src="/app.js" type="module"></script>');
      }
      for (const [tag] of text.matchAll(/<[a-z][^>]*>/gi)) {
        assert(!/\s(?:style|on[a-z]+|srcset|ping)\s*=/i.test(tag), tag);
        for (
          const [, target = ""] of tag.matchAll(
            /(?:src|href|action)="([^"]*)"/g,
          )
        ) {
          assertMatch(target, /^(?:\/(?!\/)|#|data:image\/png;base64,)/, tag);
        }
      }
    }
  },
);

workerTest(
  "static files are served with fixed types and need no cookie",
  async () => {
    const types = {
      "/style.css": /^text\/css/,
      "/app.js": /^(?:text|application)\/javascript/,
      "/icon.svg": /^image\/svg\+xml/,
      "/favicon.ico": /^image\/(?:x-icon|vnd\.microsoft\.icon)/,
    };
    for (const [path, type] of Object.entries(types)) {
      const { status, headers } = await it.open().get(path);
      assertEquals(status, 200, path);
      assertMatch(headers.get("content-type") ?? "", type);
      assertEquals(headers.get("x-content-type-options"), "nosniff", path);
      const policy = headers.get("cross-origin-resource-policy");
      assertEquals(policy, "same-origin", path);
      assertEquals(headers.getSetCookie(), []);
    }
  },
);

workerTest("files that are not public are not served", async () => {
  const paths = [
    ...["/_headers", "/package.json", "/wrangler.jsonc", "/src/index.ts"],
    ...["/../package.json", "/%2e%2e/package.json", "/..%2fpackage.json"],
  ];
  for (const path of paths) {
    const { status, text } = await it.open().get(path);
    assertEquals(status, 404, path);
    assertMatch(text, /Not found/);
  }
});

workerTest(
  "signing out clears the browser's cache",
  async () => {
    const other = it.open();
    await it.signIn(other);
    const { headers } = await other.post("/logout");
    assertEquals(headers.get("clear-site-data"), '"cache"');
  },
);
