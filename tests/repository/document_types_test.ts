/** The programs in the documents compile in a user's project. */
import { runDeno } from "../../tools/run.ts";
import { filesIn } from "../support/recipes.ts";
import { blocksOf, ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";
import { userProject } from "../support/user_project.ts";

/** Recipes whose programs run in Deno. */
const RECIPES = [
  "changed-albums",
  "deno",
  "new-photos",
  "session-stores",
  "thumbnails",
  "watch",
];

/** Files that import types from npm; `test:package` compiles them. */
const WITH_PACKAGES = ["announcements.ts", "worker_stores.ts"];

test("every Deno program in the README, the guide and the recipes compiles", async () => {
  const files = await filesIn(...RECIPES);
  for (const path of WITH_PACKAGES) files.delete(path);
  for (const document of ["README", "docs/GUIDE"]) {
    const markdown = await Deno.readTextFile(new URL(`${document}.md`, ROOT));
    for (const [i, block] of blocksOf(markdown, "ts").entries()) {
      // Without an import or export, a file is not a module.
      const text = `${block}\nexport {};\n`;
      files.set(`${document.replace("/", "_")}_${i + 1}.ts`, text);
    }
  }
  await using project = await userProject(files);
  const { directory } = project;
  const paths = Array.from(files.keys(), (path) => `${directory}/${path}`);
  // All programs share one check, because each check reads all standard types.
  await runDeno(
    "check",
    "--quiet",
    `--config=${directory}/deno.json`,
    ...paths,
  );
});
