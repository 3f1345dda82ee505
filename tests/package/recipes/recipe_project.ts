/** Projects for the npm recipes, set up as a user who follows a recipe would do. */
import { pack, writeFiles } from "../../../tools/pack.ts";
import { filesIn } from "../../support/recipes.ts";
import { freshProject, type Project } from "../project.ts";

const packages = await Deno.makeTempDir({ prefix: "tarball-" });
Deno.test.afterAll(() => Deno.remove(packages, { recursive: true }));
const tarball = await pack(packages);

/** Creates a project with the files of a page, this package and npm packages. */
export async function recipeProject(
  page: string,
  ...dependencies: string[]
): Promise<Project> {
  const project = await freshProject();
  await writeFiles(await filesIn(page), project.directory);
  const manifest = { private: true, type: "module" };
  await project.write("package.json", JSON.stringify(manifest));
  const options = ["--no-audit", "--no-fund", "--prefer-offline"];
  await project.run("npm", "install", ...options, tarball, ...dependencies);
  return project;
}

/** Returns the start of a command that sets environment variables. */
export function withEnv(env: Record<string, string>): string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}
