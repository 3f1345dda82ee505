/** Text from users, servers and strangers is shown unchanged, and never as HTML. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Answer } from "./browser.ts";
import { beginSignIn } from "../served_worker.ts";
import { sharedApp, syncNow, workerTest } from "./harness.ts";

const SCRIPT = `<script src="//evil.example">`;
const BREAKOUT = `"' onerror=alert(1) x='"><img src=x>&lt;&amp;{{7*7}}\${7}`;
const NASTY = `${SCRIPT}${BREAKOUT}</title></main>`;

const it = await sharedApp();
const { fake } = it;

/** Decodes HTML entities like a browser. */
function unescape(text: string): string {
  const entities: Record<string, string> = {
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#39;": "'",
    "&amp;": "&",
  };
  return text.replace(/&(?:lt|gt|quot|#39|amp);/g, (name) => entities[name]!);
}

/**
 * Asserts that a page shows a string at least a number of times, and never as a tag.
 */
function assertShown(
  { text }: Pick<Answer, "text">,
  shown: string,
  times: number,
  path: string,
): void {
  const parts = unescape(text).split(shown).length - 1;
  assert(parts >= times, `${path} shows it ${parts} times: ${text}`);
  const ours = text.replaceAll(/<script src="\/app\.js" type="module">/g, "");
  assert(!/<script/i.test(ours), text);
  assert(!/<img src=x|<\/title><\/main>/i.test(text), text);
  for (const [tag] of text.matchAll(/<[a-z](?:"[^"]*"|[^">])*>/gi)) {
    const names = tag.replaceAll(/"[^"]*"/g, "");
    assert(!/onerror|evil/.test(names), tag);
  }
  assertEquals(text.match(/<title>/g)?.length, 1);
  assertEquals(text.match(/<\/main>/g)?.length, 1);
}

workerTest(
  "names, descriptions and places are shown as text, never as HTML",
  async () => {
    const user = fake.library.addUser({
      email: `${BREAKOUT}@immich.test`,
      name: NASTY,
    });
    const library = fake.library.as(user.id);
    const { id } = library.addAsset({ originalFileName: NASTY });
    library.updateExif(id, {
      city: NASTY,
      country: BREAKOUT,
      make: NASTY,
      model: BREAKOUT,
      description: NASTY,
    });
    const album = library.addAlbum({ name: NASTY, description: NASTY }, [id]);
    const browser = it.open();
    await it.signIn(browser, { user });
    const page = await syncNow(browser);
    assertStringIncludes(page, id);
    // The user, the album, and the place and name of the photo.
    assertShown({ text: page }, NASTY, 4, "/");
    assertShown({ text: page }, `${BREAKOUT}@immich.test`, 1, "/");
    const paths: Record<string, number> = {
      // The title, the user, the heading, the description, and the photo.
      [`/albums/${album.id}`]: 6,
      [`/photos/${id}`]: 6,
      [`/photos/${id}?album=${album.id}`]: 6,
    };
    for (const [path, times] of Object.entries(paths)) {
      const answer = await browser.get(path);
      assertEquals(answer.status, 200);
      assertShown(answer, NASTY, times, path);
    }
  },
);

workerTest(
  "malformed dates, hashes and ids are never shown as HTML",
  async () => {
    const user = fake.library.addUser({ email: "odd@immich.test" });
    const library = fake.library.as(user.id);
    for (const text of [NASTY, BREAKOUT]) {
      library.addAsset({ localDateTime: `2026-01${text}`, thumbhash: text });
    }
    const id = `"><img src=x>`;
    const asset = library.addAsset({ originalFileName: "odd.jpg" });
    library.addAlbum({ id, name: "odd" }, [asset.id]);
    const browser = it.open();
    await it.signIn(browser, { user });
    const page = await syncNow(browser);
    assertShown({ text: page }, "odd.jpg", 1, "/");
    assertShown({ text: page }, id, 1, "/");
  },
);

workerTest(
  "the server's error message is shown as text",
  async () => {
    const user = fake.library.addUser({ email: "failed@immich.test" });
    const browser = it.open();
    await it.signIn(browser, { user });
    fake.inject({ type: "status", status: 400, message: NASTY });
    const page = await syncNow(browser);
    assertStringIncludes(page, 'class="alert"');
    assertShown({ text: page }, SCRIPT, 1, "/");
  },
);

workerTest(
  "a callback's error is shown as text, and only during a sign-in",
  async () => {
    const query = new URLSearchParams({
      error: SCRIPT,
      error_description: BREAKOUT,
    });
    const path = `/callback?${query}`;
    const nobodys = await it.open().get(path);
    assertShown(nobodys, "This sign-in has expired", 1, path);
    assert(!nobodys.text.includes("evil"));
    const browser = it.open();
    const { searchParams } = new URL(await beginSignIn(browser));
    const state = encodeURIComponent(searchParams.get("state")!);
    const answer = await browser.get(`${path}&state=${state}`);
    assertEquals(answer.status, 400);
    assertShown(answer, SCRIPT, 1, path);
    assertShown(answer, BREAKOUT, 1, path);
  },
);

workerTest("the requested address is never echoed in the page", async () => {
  const user = fake.library.addUser({ email: "asked@immich.test" });
  const browser = it.open();
  await it.signIn(browser, { user });
  const nasty = encodeURIComponent(SCRIPT);
  const paths = [
    ...[`/${nasty}`, `/albums/${nasty}`, `/photos/${nasty}`],
    ...[`/?before=${nasty}`, `/thumbnails/${nasty}`, `/?before=${nasty}~x`],
    ...[`/photos/x?album=${nasty}`, `/login/${nasty}`],
  ];
  for (const path of paths) {
    const { status, text } = await browser.get(path);
    assert([200, 404].includes(status), `${path}: ${status}`);
    assert(!unescape(text).includes("evil.example"), path);
  }
});
