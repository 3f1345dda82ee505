/** The app in a browser. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { until } from "../../../support/events.ts";
import {
  linksOf,
  namesOf,
  scrollToEnd,
  signIn,
  sync,
  visit,
  visitTest,
} from "./visit.ts";

visitTest(
  "a visitor signs in, watches the copy grow, and sees photos and albums",
  async () => {
    await using it = await visit({ assets: 8000 });
    const { page, complaints } = it;
    await signIn(page);
    assertEquals(await page.locator(".photos").count(), 0);

    const { release } = it.hold("ack of photos");
    await page.click("#sync");
    const number = page.locator("#progress .number");
    await number.filter({ hasText: /^[1-9]/ }).waitFor();
    assert(await page.locator("#sync").isDisabled());
    await page.locator(".photos").first().waitFor();
    release();
    await page.locator("#progress", { hasText: "Up to date" }).waitFor();
    assertMatch(
      await page.locator("#progress").innerText(),
      /Last sync: \d\d,\d{3} rows in [\d.]+ s/,
    );

    const months = await page.locator(".month h2").allInnerTexts();
    assert(
      months.length >= 1 &&
        months.every((month) => /^[A-Z]\w+ 20\d\d$/.test(month)),
    );
    const first = page.locator(".photos img:last-of-type").first();
    await first.evaluate((image) =>
      (image as unknown as { decode(): Promise<void> }).decode()
    );

    const status = await page.locator("#status").innerText();
    assertMatch(status, /Photos and videos: [89],\d{3} · Albums: \d+/);

    const album = page.locator(".albums a").first();
    const title = await album.locator("b").innerText();
    await album.click();
    await page.locator("h1", { hasText: title }).waitFor();
    await page.locator(".photos img").first().waitFor();
    assertEquals(complaints, []);
  },
);

visitTest(
  "changes on the server are visible after the next sync",
  async () => {
    await using it = await visit();
    const { page, demo } = it;
    await signIn(page);
    await sync(page);
    const before = await namesOf(page);

    const { id, originalFileName } = demo.addPhoto();
    await sync(page);
    await page.locator(`.photos a[href="/photos/${id}"]`).waitFor();
    const after = await namesOf(page);
    assert(after[0]!.includes(originalFileName), after[0]);
    assert(!before.some((name) => name.includes(originalFileName)));

    demo.fake.library.deleteAsset(id);
    await sync(page);
    await page.locator(`.photos a[href="/photos/${id}"]`).waitFor({
      state: "detached",
    });
    assertEquals(await namesOf(page), before);
  },
);

visitTest(
  "older photos load on scrolling, each once, in continuous months",
  async () => {
    await using it = await visit({ assets: 1000 });
    const { page } = it;
    await signIn(page);
    await sync(page);
    await scrollToEnd(page);
    const links = await linksOf(page);
    assertEquals(new Set(links).size, links.length);
    assert(links.length > 1000, `${links.length}`);
    const months = await page.locator(".month h2").allInnerTexts();
    assertEquals(new Set(months).size, months.length);
  },
);

visitTest(
  "older photos that load while a run ends appear once",
  async () => {
    // So wide that older photos load at once.
    const viewport = { width: 2400, height: 1800 };
    await using it = await visit({ viewport, assets: 2000 });
    const { page } = it;
    const { promise: released, resolve: send } = Promise.withResolvers<void>();
    await signIn(page);
    await sync(page);
    await page.route(/before=/, async (route) => {
      await released;
      await route.continue();
    });
    const { release } = it.hold("stream");
    const asked = page.waitForRequest(/before=/);
    await page.click("#sync");
    await asked;
    await page.waitForSelector("#progress[data-running]");
    release();
    await page.locator("#progress", { hasText: "Up to date" }).waitFor();
    send();
    await page.locator(".photos a").nth(100).waitFor();
    const links = await linksOf(page);
    assertEquals(new Set(links).size, links.length);
  },
);

visitTest(
  "older photos in view stay there when a run ends",
  async () => {
    await using it = await visit({ assets: 1000 });
    const { page } = it;
    await signIn(page);
    await sync(page);
    const links = page.locator(".photos a");
    const count = await links.count();
    const { release } = it.hold("stream");
    await page.click("#sync");
    await page.waitForSelector("#progress[data-running]");
    await page.mouse.wheel(0, 50_000);
    await links.nth(count).waitFor();
    await page.evaluate("document.querySelector('#timeline').id = 'mine'");
    release();
    await page.locator("#progress", { hasText: "Up to date" }).waitFor();
    assertEquals(await page.locator("#mine").count(), 1);
  },
);

visitTest(
  "links and arrow keys lead from a photo to its neighbors and back",
  async () => {
    await using it = await visit();
    const { page } = it;
    await signIn(page);
    await sync(page);
    const links = await linksOf(page);
    await page.locator(".photos a").nth(1).click();
    await page.waitForURL(`**${links[1]}`);
    await page.keyboard.press("ArrowRight");
    await page.waitForURL(`**${links[2]}`);
    await page.keyboard.press("ArrowLeft");
    await page.waitForURL(`**${links[1]}`);
    await page.click("text=Newer");
    await page.waitForURL(`**${links[0]}`);
    await page.click("text=Back");
    await page.locator(`.photos a[href="${links[0]}"]`).waitFor();
  },
);

visitTest("pages without scripts lack only live updates", async () => {
  await using it = await visit({ javaScriptEnabled: false, assets: 400 });
  const { page, demo } = it;
  await signIn(page);
  await page.click("#sync");
  // A visitor reloads the page until the run has ended.
  while (await page.locator("#progress[data-running]").count() > 0) {
    await page.reload();
  }
  await page.locator("#progress", { hasText: "Up to date" }).waitFor();
  await page.click("#more");
  await page.waitForURL(/before=/);
  const [name = ""] = await namesOf(page);
  assertMatch(name, /^(Photo|Video) of \d+ \w+ \d{4}/);
  await page.click("#sign-out");
  await page.waitForSelector("#sign-in");
  assert(demo.fake.requests.some(({ path }) => path === "/api/auth/logout"));
});

visitTest(
  "a login ends with its session on the server; a new sign-in finds the copy",
  async () => {
    await using it = await visit();
    const { page, demo } = it;
    await signIn(page);
    await sync(page);
    const before = await namesOf(page);
    for (const token of tokensOf(demo.fake.requests)) {
      demo.fake.endSession({ baseUrl: demo.baseUrl, accessToken: token });
    }
    await page.click("#sync");
    await page.locator("[role=alert]", { hasText: "Sign in again" }).waitFor();
    assertEquals(await page.locator(".photos").count(), 0);

    await signIn(page);
    assertEquals(await namesOf(page), before);
    await page.locator("#progress", { hasText: "Up to date" }).waitFor();
  },
);

visitTest("the oldest photos are one click away", async () => {
  await using it = await visit();
  const { page } = it;
  await signIn(page);
  await sync(page);
  const years = page.locator(".years a");
  const year = await years.last().innerText();
  await years.last().click();
  await page.locator(".month h2", { hasText: year }).first().waitFor();
});

visitTest(
  "a thumbnail that cannot be loaded shows its placeholder, not a broken icon",
  async () => {
    await using it = await visit({ assets: 30 });
    const { page, demo } = it;
    await signIn(page);
    await page.route(/thumbnails/, (route) => route.abort());
    await sync(page);
    /**
     * Whether the first thumbnail has loaded or failed, and none is shown as broken.
     */
    const ARE_FINE = `
      document.querySelector(".photos img:last-of-type").complete &&
      [...document.images].every((image) => !image.complete ||
        image.naturalWidth > 0 || image.style.visibility === "hidden")`;
    await until(() => page.evaluate(ARE_FINE), "no icon is broken");
    await page.unroute(/thumbnails/);
    // Thumbnails only: the server rejects them after checking the user.
    demo.fake.inject({
      type: "status",
      status: 500,
      times: 999,
      on: ({ path }) => path === "/api/users/me",
    });
    await page.reload();
    await until(() => page.evaluate(ARE_FINE), "no icon is broken");
    const shown = await page.locator(".photos img:last-of-type").first()
      .evaluate((image) =>
        (image as unknown as { naturalWidth: number }).naturalWidth
      );
    assert(shown > 0 && shown <= 8, `${shown} pixels`);
  },
);

/** Returns the access tokens of requests. */
function tokensOf(
  requests: { headers: Record<string, string> }[],
): Set<string> {
  const tokens = requests.map(({ headers }) => headers.authorization ?? "");
  return new Set(
    tokens.filter(Boolean).map((value) => value.replace("Bearer ", "")),
  );
}
