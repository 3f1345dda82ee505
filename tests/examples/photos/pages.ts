/** Assertions about pages. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Answer, Browser } from "./browser.ts";
import type { PhotosApp } from "./harness.ts";

/** Asserts that a browser is signed out: it sees nothing, and its buttons do nothing. */
export async function assertSignedOut(
  { fake, thumbnails }: PhotosApp,
  browser: Browser,
  assetId: string,
): Promise<void> {
  const { status, text } = await browser.get("/");
  assertEquals(status, 200);
  assertStringIncludes(text, 'id="sign-in"');
  assert(!text.includes('id="timeline"') && !text.includes("/thumbnails/"));
  const before = [fake.requests.length, thumbnails.length];
  const picture = await browser.get(`/thumbnails/${assetId}`);
  assert([401, 404].includes(picture.status), `${picture.status}`);
  const events = await browser.get("/events");
  assert(!events.text.includes("progress"), events.text);
  await browser.post("/sync");
  assertEquals([fake.requests.length, thumbnails.length], before);
}

/** Asserts that a callback shows a message and signs nobody in. */
export function assertRefused(
  browser: Browser,
  { status, text }: Answer,
  title: string,
): void {
  assertEquals(status, 400);
  assertStringIncludes(text, `<h1>${title}</h1>`);
  assertStringIncludes(text, 'href="/login"');
  assertEquals([...browser.cookies.keys()].filter(isOfLogin), []);
}

function isOfLogin(name: string): boolean {
  return name.endsWith("login");
}
