/** The tarball for npm, and new projects that install it. */
import { pack } from "../../tools/pack.ts";
import { run } from "../../tools/run.ts";
import { freshProject, type Project } from "./project.ts";

const directory = await Deno.makeTempDir({ prefix: "tarball-" });
Deno.test.afterAll(() => Deno.remove(directory, { recursive: true }));

/** The path of the tarball. */
export const tarball: string = await pack(directory);

/** Returns every file in the tarball: path → text. */
export async function unpack(): Promise<Map<string, string>> {
  const unpacked = await Deno.makeTempDir({ dir: directory });
  await run("tar", ["xzf", tarball, "-C", unpacked]);
  const list = await run("tar", ["tzf", tarball]);
  const files = new Map<string, string>();
  for (const path of list.trim().split("\n").sort()) {
    const text = await Deno.readTextFile(`${unpacked}/${path}`);
    files.set(path.replace("package/", ""), text);
  }
  return files;
}

/** Creates a project that has installed the tarball and other packages. */
export async function npmProject(...packages: string[]): Promise<Project> {
  const project = await freshProject();
  await project.write("package.json", '{ "private": true, "type": "module" }');
  const options = ["--no-audit", "--no-fund", "--prefer-offline"];
  await project.run("npm", "install", ...options, tarball, ...packages);
  return project;
}
