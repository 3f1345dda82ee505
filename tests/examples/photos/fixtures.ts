/** Users of one test each, and what they are shown. */
import type { SyncAuthUserV1 } from "../../../mod.ts";
import type { FakeLibrary } from "../../../src/testing/mod.ts";
import { until } from "../../support/events.ts";
import type { Answer, Browser } from "./browser.ts";
import { type Harness, syncNow } from "./harness.ts";

/** A user of one test, whose browser has a copy. */
export interface SyncedUser {
  user: SyncAuthUserV1;
  browser: Browser;
  library: FakeLibrary;
}

/** An answer to a request for a picture. */
export interface Shown extends Answer {
  /** How often the server was asked for a picture meanwhile. */
  asked: number;
}

/** A user of their own, with a library that is filled before the copy is made. */
export async function createUser(
  harness: Harness,
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

/** The same, with one picture. */
export async function createUserWithPicture(
  harness: Harness,
): Promise<SyncedUser & { id: string }> {
  let id = "";
  const guest = await createUser(
    harness,
    (library) => id = library.addAsset().id,
  );
  return { ...guest, id };
}

/** Asks for a picture. */
export async function show(
  { thumbnails }: Harness,
  browser: Browser,
  path: string,
): Promise<Shown> {
  const before = thumbnails.length;
  const answer = await browser.get(path);
  return { ...answer, asked: thumbnails.length - before };
}

/** Asks until the picture comes from near: it is put there after the answer is out. */
export async function showFromNear(
  harness: Harness,
  browser: Browser,
  path: string,
): Promise<Answer> {
  let last: Shown | undefined;
  await until(async () => {
    last = await show(harness, browser, path);
    return last.asked === 0;
  }, `${path} is seen without the server`);
  const { asked: _, ...answer } = last!;
  return answer;
}
