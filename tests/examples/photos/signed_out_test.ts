/** What visitors who are not signed in can see and do. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { sharedApp, syncNow, workerTest } from "./harness.ts";

const it = await sharedApp();
const { fake } = it;
const { id } = fake.library.addAsset({ originalFileName: "secret.jpg" });
const album = fake.library.addAlbum({ name: "Hidden summer" }, [id]);
const owner = it.open();
await it.signIn(owner);
const home = await syncNow(owner);

workerTest(
  "the signed-out page offers the sign-in and shows no personal data",
  async () => {
    const { status, text } = await it.open().get("/");
    assertEquals(status, 200);
    assertStringIncludes(text, 'href="/login"');
    for (const word of ["Hidden summer", id, album.id, fake.user.email]) {
      assertStringIncludes(home, word);
      assert(!text.includes(word), word);
    }
  },
);

workerTest(
  "progress and thumbnails require a login",
  async () => {
    const browser = it.open();
    for (const path of ["/events", `/thumbnails/${id}`, "/thumbnails/x"]) {
      const { status, text } = await browser.get(path);
      assertEquals([status, text], [401, "Not signed in\n"], path);
    }
    assertEquals(it.thumbnails, []);
  },
);

workerTest(
  "album and photo addresses lead a signed-out visitor to the sign-in",
  async () => {
    const ended = it.open();
    await it.signIn(ended);
    const copied = ended.copy();
    await ended.post("/logout");
    const paths = [
      ...[`/albums/${album.id}`, "/albums/none", "/photos/none"],
      ...[`/photos/${id}`, `/photos/${id}?album=${album.id}`],
    ];
    for (const browser of [it.open(), copied]) {
      for (const path of paths) {
        const { status, headers, text } = await browser.get(path);
        const location = headers.get("location");
        assertEquals([status, location, text], [302, "/", ""], path);
      }
    }
  },
);

workerTest("the buttons do nothing without a login", async () => {
  const browser = it.open();
  const before = fake.requests.length;
  for (const path of ["/sync", "/logout"]) {
    const { status, headers } = await browser.post(path);
    assertEquals([status, headers.get("location")], [303, "/"]);
  }
  assertEquals(fake.requests.length, before);
  assertStringIncludes((await owner.get("/")).text, "Hidden summer");
});
