/** The recipes that keep a copy in a SQLite file, in Node and Bun. */
import { assertEquals } from "@std/assert";
import { BUN_VERSION, installed, NODE_VERSIONS } from "../../runtimes/npx.ts";
import { assertKeepsCopy, serveRecipe } from "../../support/recipes.ts";
import { test } from "../../support/test.ts";
import { recipeProject, withEnv } from "./recipe_project.ts";

/** The tested versions of Node that have SQLite. */
const WITH_SQLITE = NODE_VERSIONS.filter((version) => version >= "22.13");

/** The first version of Node 22 that needs no flag for SQLite. */
const FIRST_SQLITE = "22.13.0";

/** The oldest versions that can load the package with `require`. */
const FIRST_REQUIRE = ["20.19.0", "22.12.0"];

async function assertPrivate(directory: string): Promise<void> {
  const { mode } = await Deno.stat(`${directory}/session.json`);
  assertEquals(mode! & 0o777, 0o600);
}

for (const version of [FIRST_SQLITE, ...WITH_SQLITE]) {
  test(`the Node recipe can run twice in Node ${version}`, async () => {
    await using project = await recipeProject("node");
    await using server = serveRecipe();
    const node = await installed("node", version);
    const env = withEnv(server.env);
    await assertKeepsCopy(
      server,
      () => project.run("env", ...env, node, "mirror.mjs"),
    );
    await assertPrivate(project.directory);
    const { user, library } = server.fake;
    library.updateExif(library.addAsset().id, { city: "Basel" });
    await project.run("env", ...env, node, "mirror.mjs");
    const cities = await project.run(node, "cities.cjs", user.id);
    assertEquals(cities, "Basel 1\n");
  });
}

test("require loads the package in every Node version that the recipe lists", async () => {
  await using project = await recipeProject("node");
  const script = 'require("@immich-edge/sync/mirror").createMirror.name';
  for (const version of [...FIRST_REQUIRE, ...NODE_VERSIONS]) {
    const node = await installed("node", version);
    assertEquals(await project.run(node, "-p", script), "createMirror\n");
  }
});

test("the Bun recipe can run twice", async () => {
  await using project = await recipeProject(
    "bun",
    "@types/bun@1.4.5",
    "typescript@7.0.2",
  );
  await using server = serveRecipe();
  const strict = ["--noEmit", "--strict", "--module", "nodenext"];
  await project.run("npx", "tsc", ...strict, "--types", "bun", "mirror.ts");
  const bun = await installed("bun", BUN_VERSION);
  await assertKeepsCopy(
    server,
    () => project.run("env", ...withEnv(server.env), bun, "mirror.ts"),
  );
  await assertPrivate(project.directory);
});
