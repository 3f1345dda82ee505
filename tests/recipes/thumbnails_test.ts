/** The recipe that downloads thumbnails and originals. */
import { assertEquals } from "@std/assert";
import {
  filesIn,
  serveRecipe,
  THUMBHASH as thumbhash,
} from "../support/recipes.ts";
import { test } from "../support/test.ts";
import { userProject } from "../support/user_project.ts";

test("the thumbnail recipe downloads each picture once, and keeps no partial files", async () => {
  const files = await filesIn("thumbnails", "session-stores");
  await using project = await userProject(files);
  const requested: string[] = [];
  await using server = serveRecipe((request) => {
    const { pathname, search } = new URL(request.url);
    if (!/^\/api\/assets\/[^/]+\/\w+$/.test(pathname)) return undefined;
    const authorization = request.headers.get("authorization") ?? "";
    if (!authorization.startsWith("Bearer ")) {
      return new Response(null, { status: 401 });
    }
    requested.push(pathname.split("/").at(-1)! + search);
    return new Response("x".repeat(100_000), {
      headers: { "content-type": "image/jpeg" },
    });
  });
  const { library } = server.fake;
  const { id } = library.addAsset({
    originalFileName: "lake.HEIC",
    isFavorite: true,
    thumbhash,
  });
  const other = library.addAsset({ thumbhash });
  const run = () =>
    project.run(["-NRWE", "--no-prompt", "download.ts"], server.env);
  await run();
  assertEquals(requested.sort(), [
    "original",
    "thumbnail?size=preview",
    "thumbnail?size=preview",
  ]);
  const photos: string[] = [];
  for await (const { name } of Deno.readDir(`${project.directory}/photos`)) {
    photos.push(name);
    const { size } = await Deno.stat(`${project.directory}/photos/${name}`);
    assertEquals(size, 100_000);
  }
  const expected = [
    `${id}-preview.jpg`,
    `${id}.HEIC`,
    `${other.id}-preview.jpg`,
  ];
  assertEquals(photos.sort(), expected.sort());
  assertEquals(await run(), "", "the second run downloads nothing");
  assertEquals(requested.length, 3);
});
