/** The Deno programs in the recipes compile in a user's project. */
import { runDeno } from "../../tools/run.ts";
import { filesIn } from "../support/recipes.ts";
import { test } from "../support/test.ts";
import { userProject } from "../support/user_project.ts";

/** Pages whose programs run in Deno. */
const PAGES = [
  "changed-albums",
  "deno",
  "new-photos",
  "session-stores",
  "thumbnails",
  "watch",
];

/** Files that import types from npm; `test:package` compiles them. */
const WITH_PACKAGES = ["announcements.ts", "worker_stores.ts"];

test("every Deno program in the recipes compiles", async () => {
  const files = await filesIn(...PAGES);
  for (const path of WITH_PACKAGES) files.delete(path);
  await using project = await userProject(files);
  const { directory } = project;
  const paths = Array.from(files.keys(), (path) => `${directory}/${path}`);
  await runDeno(
    "check",
    "--quiet",
    `--config=${directory}/deno.json`,
    ...paths,
  );
});
