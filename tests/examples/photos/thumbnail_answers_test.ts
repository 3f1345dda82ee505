/** The server's responses to requests for thumbnails, and what the browser gets. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Answer } from "./browser.ts";
import { createUserWithPicture, show } from "./fixtures.ts";
import { sharedApp, workerTest } from "./harness.ts";

const it = await sharedApp();
const { fake } = it;

/** Changes the server's response during a test. */
async function answering<T>(
  answer: (request: Request) => Response | Promise<Response>,
  test: () => Promise<T>,
): Promise<T> {
  const { thumbnail } = it;
  it.thumbnail = answer;
  try {
    return await test();
  } finally {
    it.thumbnail = thumbnail;
  }
}

/** Asserts that the browser gets the blurred picture instead of text. */
function assertPlaceholder({ headers, text }: Answer): void {
  assertEquals(headers.get("content-type"), "image/png");
  assertEquals(headers.get("cache-control"), "no-store");
  assert(text.startsWith("\x89PNG") && !text.includes("script"));
}

const SCRIPT = "<script>alert(1)</script>";

workerTest(
  "a response that is not an image, or could run scripts, is not passed on",
  async () => {
    const { browser, id } = await createUserWithPicture(it);
    const types = [
      ...[
        "text/html",
        "text/html; charset=utf-8",
        "image/svg+xml",
        "image/xml",
      ],
      ...["application/json", "application/octet-stream", "text/plain", ""],
      ...["image/", "image", "ximage/png", "image/pngx", "multipart/mixed"],
      ...["image/png,text/html", "image/png;,text/html", "image/jpeg-x"],
      ...["text/html,image/png", "image/png+xml", "image/webp text/html"],
    ];
    for (const type of types) {
      const answer = await answering(
        () => new Response(SCRIPT, { headers: { "content-type": type } }),
        () => show(it, browser, `/thumbnails/${id}`),
      );
      assertEquals([answer.status, answer.fetched], [502, 1], type);
      assertPlaceholder(answer);
    }
    // Nothing was cached.
    assertEquals((await show(it, browser, `/thumbnails/${id}`)).fetched, 1);
  },
);

workerTest(
  "a thumbnail is passed on without the server's other headers",
  async () => {
    const { browser, id } = await createUserWithPicture(it);
    for (
      const type of ["image/webp", "image/jpeg", "image/gif", "image/avif"]
    ) {
      const { status, headers } = await answering(
        () =>
          new Response("picture", {
            headers: {
              "content-type": `${type}; charset=utf-8`,
              "set-cookie": "immich_access_token=secret",
              "content-disposition": "attachment",
              "access-control-allow-origin": "*",
              refresh: "0; url=https://evil.example",
            },
          }),
        () => show(it, browser, `/thumbnails/${id}?v=${type}`),
      );
      assertEquals([status, headers.get("content-type")], [200, type]);
      const names = ["content-disposition", "access-control-allow-origin"];
      for (const name of [...names, "set-cookie", "refresh"]) {
        assertEquals(headers.get(name), null, name);
      }
    }
  },
);

workerTest(
  "a redirect or failure instead of a thumbnail is neither followed nor cached",
  async () => {
    const { browser, id } = await createUserWithPicture(it);
    const location = `${it.server}/api/server/version`;
    const image = { "content-type": "image/png" };
    for (
      const status of [204, 301, 302, 307, 308, 400, 403, 404, 429, 500, 503]
    ) {
      const before = fake.requests.length;
      const body = status === 204 ? null : SCRIPT;
      const answer = await answering(
        () => new Response(body, { status, headers: { location, ...image } }),
        () => show(it, browser, `/thumbnails/${id}`),
      );
      assertEquals([answer.status, answer.fetched], [502, 1], `${status}`);
      assertPlaceholder(answer);
      const fetched = fake.requests.slice(before).map(({ path }) => path);
      assertEquals(fetched, ["/api/users/me"]);
    }
    assertStringIncludes((await browser.get("/")).text, 'id="timeline"');
  },
);

workerTest(
  "a thumbnail request that hangs is given up, before or during the body",
  async () => {
    const { browser, id } = await createUserWithPicture(it);
    const headers = { "content-type": "image/png" };
    const { promise, resolve } = Promise.withResolvers<Response>();
    const hangs: (() => Response | Promise<Response>)[] = [
      () => promise,
      () => new Response(new ReadableStream(), { headers }),
    ];
    let next = 0;
    const answers = await answering(
      () => hangs[next++]!(),
      () =>
        Promise.all(
          hangs.map((_, i) => browser.get(`/thumbnails/${id}?v=${i}`)),
        ),
    );
    // The harness waits for the server's responses.
    resolve(new Response());
    for (const answer of answers) {
      assertEquals(answer.status, 502);
      assertPlaceholder(answer);
    }
  },
);

workerTest("a single 401 for a thumbnail does not end the login", async () => {
  const { browser, id } = await createUserWithPicture(it);
  const answer = await answering(
    () => Response.json({ message: "Invalid user token" }, { status: 401 }),
    () => browser.get(`/thumbnails/${id}`),
  );
  assertEquals(answer.status, 502);
  assertPlaceholder(answer);
  assertEquals((await browser.get(`/thumbnails/${id}`)).status, 200);
});
