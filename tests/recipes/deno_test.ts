/** The Deno recipe, which keeps a copy in a file. */
import { assert, assertEquals } from "@std/assert";
import {
  assertKeepsCopy,
  filesIn,
  recipe,
  serveRecipe,
} from "../support/recipes.ts";
import { test } from "../support/test.ts";
import { userProject } from "../support/user_project.ts";

test("the Deno recipe can run twice, and reads its session from a file", async () => {
  await using project = await userProject(await filesIn("deno"));
  await using server = serveRecipe();
  assert((await recipe("deno")).includes("deno run -NRWE mirror.ts"));
  const args = ["-NRWE", "--no-prompt", "mirror.ts"];
  await assertKeepsCopy(server, () => project.run(args, server.env));
  const { mode } = await Deno.stat(`${project.directory}/session.json`);
  assertEquals(mode! & 0o777, 0o600);
});
