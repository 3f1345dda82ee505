/** The recipe that acts once on each new photo. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { listen } from "../support/listen.ts";
import {
  filesIn,
  serveRecipe,
  THUMBHASH as thumbhash,
} from "../support/recipes.ts";
import { test } from "../support/test.ts";
import { userProject } from "../support/user_project.ts";

test("the new-photos recipe reports each new photo once, and ignores changes", async () => {
  await using project = await userProject(
    await filesIn("new-photos", "session-stores"),
  );
  await using server = serveRecipe();
  const { fake: { library, user } } = server;
  const run = () =>
    project.run(["-NRWE", "--no-prompt", "new_photos.ts"], server.env);
  const old = library.addAsset({ thumbhash });
  assertEquals(await run(), "");

  const lake = library.addAsset({ originalFileName: "lake.jpg", thumbhash });
  const slow = library.addAsset({ originalFileName: "slow.jpg" });
  library.addAsset({ thumbhash, visibility: "hidden" });
  const bob = library.as(library.addUser({ email: "bob@immich.test" }).id);
  bob.addPartner(user.id);
  bob.addAsset({ thumbhash });
  assertEquals(await run(), "lake.jpg\n");

  library.updateAsset(slow.id, { thumbhash });
  library.updateAsset(lake.id, { isFavorite: true });
  library.updateAsset(old.id, { deletedAt: new Date().toISOString() });
  assertEquals(await run(), "slow.jpg\n");

  library.updateAsset(old.id, { deletedAt: null });
  await Deno.remove(`${project.directory}/session.json`);
  assertEquals(await run(), "", "a new session starts a full sync");
});

test("the new-photos recipe reports a photo again if its action failed", async () => {
  await using project = await userProject(
    await filesIn("new-photos", "session-stores"),
  );
  await using server = serveRecipe();
  const received: string[] = [];
  let isBroken = false;
  await using webhook = listen(async (request) => {
    const name = await request.text();
    if (isBroken && name === "b.jpg") return new Response("", { status: 500 });
    received.push(name);
    return new Response(null, { status: 204 });
  });
  const env = { ...server.env, WEBHOOK_URL: webhook.baseUrl };
  const run = () => project.run(["-NRWE", "--no-prompt", "new_photos.ts"], env);
  await run();
  for (const originalFileName of ["a.jpg", "b.jpg"]) {
    const localDateTime = `2026-01-01T00:00:0${
      originalFileName === "a.jpg" ? 1 : 2
    }.000Z`;
    server.fake.library.addAsset({
      originalFileName,
      localDateTime,
      thumbhash,
    });
  }
  isBroken = true;
  const error = await assertRejects(run, Error);
  assertStringIncludes(error.message, "The webhook responded with 500");
  assertEquals(received, ["a.jpg"]);
  isBroken = false;
  await run();
  await run();
  assertEquals(received, ["a.jpg", "b.jpg"]);
});

test("a second run of the new-photos recipe fails while the first one is active", async () => {
  await using project = await userProject(
    await filesIn("new-photos", "session-stores"),
  );
  await using server = serveRecipe();
  const run = (env: Record<string, string>) =>
    project.run(["-NRWE", "--no-prompt", "new_photos.ts"], env);
  const received: string[] = [];
  let second: Error | undefined;
  await using webhook = listen(async (request) => {
    received.push(await request.text());
    second ??= await assertRejects(() => run(env), Error);
    return new Response(null, { status: 204 });
  });
  const env = { ...server.env, WEBHOOK_URL: webhook.baseUrl };
  await run(env);
  for (const originalFileName of ["a.jpg", "b.jpg"]) {
    server.fake.library.addAsset({ originalFileName, thumbhash });
  }
  await run(env);
  assertStringIncludes(second!.message, "Another run is still active");
  assertEquals(received.sort(), ["a.jpg", "b.jpg"]);
});
