/** The testing recipe, in vitest, Node's test runner and Bun's test runner. */
import { assertStringIncludes } from "@std/assert";
import { BUN_VERSION, installed, NODE_VERSIONS } from "../../runtimes/npx.ts";
import { recipe } from "../../support/recipes.ts";
import { test } from "../../support/test.ts";
import { recipeProject } from "./recipe_project.ts";

test("the testing recipe's tests pass in vitest, node:test and bun test", async () => {
  await using project = await recipeProject("testing", "vitest@5.1.2");
  const run = async (command: string, program = command) => {
    assertStringIncludes(await recipe("testing"), `\n${command}\n`);
    return await project.run("sh", "-c", `${program} 2>&1`);
  };
  const vitest = await run("npx vitest run vitest.test.js");
  assertStringIncludes(vitest, "2 passed");
  for (const version of NODE_VERSIONS) {
    const node = await installed("node", version);
    const output = await run(
      "node --test node.test.js",
      `${node} --test --test-reporter=tap node.test.js`,
    );
    assertStringIncludes(output, "# pass 1\n# fail 0\n");
  }
  const bun = await installed("bun", BUN_VERSION);
  const output = await run("bun test bun.test.js", `${bun} test bun.test.js`);
  assertStringIncludes(output, "1 pass\n 0 fail\n");
});
