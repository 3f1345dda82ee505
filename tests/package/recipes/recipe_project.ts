/** Recipes for npm, set up as by a user who follows a page. */
import { pack } from "../../../tools/pack.ts";
import { filesIn } from "../../support/recipes.ts";
import { freshProject, type Project } from "../project.ts";

/** Creates a project with the files of a page, this package and npm packages. */
export async function recipeProject(
  page: string,
  ...packages: string[]
): Promise<Project> {
  const project = await freshProject();
  const { directory } = project;
  for (const [path, text] of await filesIn(page)) {
    const folder = path.includes("/") ? path.replace(/\/[^/]*$/, "") : ".";
    await Deno.mkdir(`${directory}/${folder}`, { recursive: true });
    await project.write(path, text);
  }
  const manifest = { private: true, type: "module" };
  await project.write("package.json", JSON.stringify(manifest));
  const options = ["--no-audit", "--no-fund", "--prefer-offline"];
  const tarball = await pack(directory);
  await project.run("npm", "install", ...options, tarball, ...packages);
  return project;
}

/** Returns the start of a command that sets environment variables. */
export function withEnv(env: Record<string, string>): string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}
