/** Who can see which thumbnails, and where they are cached. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  createUser,
  createUserWithPicture,
  show,
  showCached,
} from "./fixtures.ts";
import { sharedApp, syncNow, workerTest } from "./harness.ts";

const it = await sharedApp();
const { fake } = it;

workerTest(
  "a thumbnail is passed on as the server sends it",
  async () => {
    const { browser, id } = await createUserWithPicture(it);
    const { status, headers, text, fetched } = await show(
      it,
      browser,
      `/thumbnails/${id}`,
    );
    assertEquals([status, fetched], [200, 1]);
    assertEquals(headers.get("content-type"), "image/png");
    assertMatch(text, /^\x89PNG/);
  },
);

workerTest(
  "a thumbnail is cached only by the browser, and varies with the cookie",
  async () => {
    const { browser, id } = await createUserWithPicture(it);
    const first = await show(it, browser, `/thumbnails/${id}`);
    const next = await showCached(it, browser, `/thumbnails/${id}`);
    for (const { headers } of [first, next]) {
      const control = headers.get("cache-control") ?? "";
      assertEquals(control, "private, max-age=31536000, immutable");
      assertStringIncludes(headers.get("vary") ?? "", "Cookie");
      assertEquals(headers.getSetCookie(), []);
    }
  },
);

workerTest(
  "a cached thumbnail keeps its bytes and its type",
  async () => {
    const { browser, id } = await createUserWithPicture(it);
    const path = `/thumbnails/${id}?size=preview&v=1`;
    const first = await browser.get(path);
    const next = await showCached(it, browser, path);
    assertEquals(next.text, first.text);
    assertEquals([next.status, next.headers.get("content-type")], [
      200,
      "image/png",
    ]);
  },
);

workerTest(
  "a cached thumbnail is sent only to its user, and not after a sign-out",
  async () => {
    const { id, ...one } = await createUserWithPicture(it);
    const other = await createUser(it, (library) => library.addAsset());
    const path = `/thumbnails/${id}`;
    await showCached(it, one.browser, path);
    const theirs = await show(it, other.browser, path);
    assertEquals([theirs.status, theirs.fetched], [404, 0]);
    const nobodys = await show(it, it.open(), path);
    assertEquals([nobodys.status, nobodys.fetched], [401, 0]);
    const copied = one.browser.copy();
    await one.browser.post("/logout");
    const later = await show(it, copied, path);
    assertEquals([later.status, later.fetched], [404, 0]);
  },
);

workerTest(
  "a thumbnail cached for one user is fetched again for another user",
  async () => {
    const { id, ...one } = await createUserWithPicture(it);
    const other = await createUser(it, () => {});
    one.library.addPartner(other.user.id);
    fake.library.as(other.user.id).updatePartner(one.user.id, true);
    await syncNow(other.browser);
    const path = `/thumbnails/${id}`;
    await showCached(it, one.browser, path);
    const theirs = await show(it, other.browser, path);
    assertEquals([theirs.status, theirs.fetched], [200, 1]);
  },
);

workerTest(
  "a thumbnail is not fetched if the copy does not show the photo",
  async () => {
    const ids: Record<string, string> = {};
    const { browser, library } = await createUser(it, (library) => {
      for (const visibility of ["hidden", "locked"] as const) {
        ids[visibility] = library.addAsset({ visibility }).id;
      }
      for (const state of ["trashed", "deleted", "later hidden"]) {
        ids[state] = library.addAsset().id;
      }
      library.trashAsset(ids.trashed!);
    });
    const before = await show(it, browser, `/thumbnails/${ids.deleted}`);
    assertEquals([before.status, before.fetched], [200, 1]);
    await showCached(it, browser, `/thumbnails/${ids.deleted}`);
    library.deleteAsset(ids.deleted!);
    library.updateAsset(ids["later hidden"]!, { visibility: "locked" });
    await syncNow(browser);
    ids.unknown = crypto.randomUUID();
    ids["not copied yet"] = library.addAsset().id;
    for (const [state, id] of Object.entries(ids)) {
      const { status, fetched } = await show(it, browser, `/thumbnails/${id}`);
      assertEquals([status, fetched], [404, 0], state);
    }
  },
);

workerTest("a malformed photo id is not found", async () => {
  const { browser, id } = await createUserWithPicture(it);
  const before = fake.requests.length;
  const ids = [
    ...["..%2f..%2fusers%2fme", "%2e%2e%2f%2e%2e%2fserver%2fversion"],
    ...[`${id}%2foriginal`, `${id}%2f..%2f..`, `${id}%3fsize=fullsize`],
    ...[`${id}%23`, `${id}%00`, ` ${id}`, id.toUpperCase(), "%", "%ff"],
    ...["'%20OR%201=1--", "*", "null", "undefined", "__proto__"],
    ...["http:%2f%2fevil.example", "..%5c..%5cusers", id.slice(1)],
  ];
  for (const other of ids) {
    const { status, fetched } = await show(it, browser, `/thumbnails/${other}`);
    assertEquals([status, fetched], [404, 0], other);
  }
  assertEquals(fake.requests.length, before);
});

workerTest(
  "a login ends at the first thumbnail after its session has ended on the server",
  async () => {
    let id = "";
    const { user, browser } = await createUser(it, (library) => {
      id = library.addAsset({ originalFileName: "kept.jpg" }).id;
    });
    const accessToken = it.tokens.at(-2) ?? "";
    fake.endSession({ baseUrl: it.server, accessToken });
    assertStringIncludes((await browser.get("/")).text, "kept.jpg");
    const picture = await show(it, browser, `/thumbnails/${id}`);
    assertEquals([picture.status, picture.fetched], [401, 1]);
    const { text } = await browser.get("/");
    assertMatch(text, /Your session has ended[\s\S]*Your copy is kept/);
    assert(!text.includes("kept.jpg"));
    assertStringIncludes(text, 'id="sign-in"');
    const streams = () =>
      fake.requests.filter(({ path }) => path === "/api/sync/stream").length;
    const before = streams();
    await it.signIn(browser, { user });
    assertStringIncludes((await browser.get("/")).text, "kept.jpg");
    assertEquals(streams(), before);
    assertEquals((await show(it, browser, `/thumbnails/${id}`)).status, 200);
  },
);
