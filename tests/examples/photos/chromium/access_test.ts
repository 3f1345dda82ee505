/** Accessibility: screen readers, small screens, the keyboard, and reduced motion. */
import { assert, assertEquals } from "@std/assert";
import { findFaults } from "../../../support/accessibility.ts";
import { signIn, sync, visit, visitTest } from "./visit.ts";

for (const colorScheme of ["light", "dark"] as const) {
  visitTest(
    `pages have no accessibility faults known to axe in ${colorScheme} mode`,
    async () => {
      await using it = await visit({ colorScheme, assets: 4000 });
      const { page, complaints } = it;
      assertEquals(await findFaults(page), []);
      await signIn(page);
      assertEquals(await findFaults(page), []);
      const { release } = it.hold("ack of photos");
      await page.click("#sync");
      await page.waitForSelector("#progress[data-running] .number");
      assertEquals(await findFaults(page), []);
      release();
      await page.locator("#progress", { hasText: "Up to date" }).waitFor();
      assertEquals(await findFaults(page), []);
      await page.locator(".photos a").first().click();
      await page.waitForSelector("figure");
      assertEquals(await findFaults(page), []);
      await page.goto(`${it.worker.url}/nothing`);
      assertEquals(await findFaults(page), []);
      assertEquals(complaints.filter((text) => !text.includes("404")), []);
    },
  );
}

visitTest("pages need no horizontal scrolling on a phone", async () => {
  await using it = await visit({ viewport: { width: 320, height: 640 } });
  const { page } = it;
  const width = () => page.evaluate("document.documentElement.scrollWidth");
  assertEquals(await width(), 320);
  await signIn(page);
  await sync(page);
  assertEquals(await width(), 320);
  await page.locator(".albums a").first().click();
  await page.waitForURL("**/albums/*");
  assertEquals(await width(), 320);
});

visitTest(
  "everything works with the keyboard, and the focus is visible",
  async () => {
    await using it = await visit();
    const { page } = it;
    const focused = () =>
      page.evaluate(
        "document.activeElement.id || document.activeElement.className || document.activeElement.tagName",
      );
    const tabTo = async (id: string) => {
      // Until the styles have loaded, the browser draws the focus.
      await page.waitForLoadState("load");
      for (let steps = 0; await focused() !== id; steps++) {
        assert(steps < 20, `no Tab leads to ${id}`);
        await page.keyboard.press("Tab");
        const outline = await page.evaluate(
          "getComputedStyle(document.activeElement).outlineStyle",
        );
        assertEquals(outline, "solid");
      }
    };
    await tabTo("sign-in");
    await page.keyboard.press("Enter");
    await page.click("#approve");
    await page.waitForSelector("#sync");
    await page.keyboard.press("Tab");
    assertEquals(await focused(), "skip");
    await tabTo("sync");
    await page.keyboard.press("Enter");
    await page.locator("#progress", { hasText: "Up to date" }).waitFor();
    await tabTo("sign-out");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#sign-in");
  },
);

visitTest(
  "the focus stays in place when a run ends, and the end is announced",
  async () => {
    await using it = await visit({ assets: 3000 });
    const { page } = it;
    await signIn(page);
    const { release } = it.hold("ack of photos");
    await page.click("#sync");
    await page.waitForSelector("#progress[data-running]");
    await page.focus("#sign-out");
    release();
    await page.locator("#progress", { hasText: "Up to date" }).waitFor();
    assertEquals(await page.evaluate("document.activeElement.id"), "sign-out");
    await page.locator("[role=status]", { hasText: "Up to date" }).waitFor({
      state: "attached",
    });
  },
);

visitTest("animations are off if reduced motion is preferred", async () => {
  await using it = await visit({ reducedMotion: "reduce", assets: 4000 });
  const { page } = it;
  await signIn(page);
  it.hold("stream");
  await page.click("#sync");
  await page.waitForSelector("progress");
  const name = await page.evaluate(
    "getComputedStyle(document.querySelector('progress')).animationName",
  );
  assertEquals(name, "none");
});
