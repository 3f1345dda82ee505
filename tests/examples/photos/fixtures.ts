/** Users that are created for single tests, and their thumbnails. */
import type { SyncAuthUserV1 } from "../../../mod.ts";
import type { FakeLibrary } from "../../../src/testing/mod.ts";
import { until } from "../../support/events.ts";
import type { Answer, Browser } from "./browser.ts";
import { type PhotosApp, syncNow } from "./harness.ts";

/** A user with a browser and a synced copy. */
export interface SyncedUser {
  user: SyncAuthUserV1;
  browser: Browser;
  library: FakeLibrary;
}

/** The response to a request for a thumbnail. */
export interface Shown extends Answer {
  /** Number of thumbnails fetched from the server. */
  fetched: number;
}

/** Creates a user, fills the library, and syncs the copy. */
export async function createUser(
  harness: PhotosApp,
  fill: (library: FakeLibrary) => void,
): Promise<SyncedUser> {
  const email = `${crypto.randomUUID()}@immich.test`;
  const user = harness.fake.library.addUser({ email });
  const library = harness.fake.library.as(user.id);
  fill(library);
  const browser = harness.open();
  await harness.signIn(browser, { user });
  await syncNow(browser);
  return { user, browser, library };
}

/** Creates a user whose library has one photo. */
export async function createUserWithPicture(
  harness: PhotosApp,
): Promise<SyncedUser & { id: string }> {
  let id = "";
  const guest = await createUser(
    harness,
    (library) => id = library.addAsset().id,
  );
  return { ...guest, id };
}

/** Requests a thumbnail. */
export async function show(
  { thumbnails }: PhotosApp,
  browser: Browser,
  path: string,
): Promise<Shown> {
  const before = thumbnails.length;
  const answer = await browser.get(path);
  return { ...answer, fetched: thumbnails.length - before };
}

/**
 * Requests a thumbnail until it comes from the cache, which is filled after a
 * response.
 */
export async function showCached(
  harness: PhotosApp,
  browser: Browser,
  path: string,
): Promise<Answer> {
  let last: Shown | undefined;
  await until(async () => {
    last = await show(harness, browser, path);
    return last.fetched === 0;
  }, `${path} comes from the cache`);
  const { fetched: _, ...answer } = last!;
  return answer;
}
