/**
 * Builds the npm tarball.
 *
 *     deno task pack [directory]
 *
 * @module
 */
import { npmPackage } from "./npm_package.ts";
import { run } from "./run.ts";
import { makeFolder, orExit, readTask } from "./task_options.ts";

/** Packs the package into a directory, and returns the path of the tarball. */
export async function pack(destination: string): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "pack-" });
  try {
    await writeFiles(await npmPackage(), directory);
    const target = await Deno.realPath(destination);
    const args = ["pack", "--json", "--pack-destination", target];
    const [{ filename }] = JSON.parse(
      await run("npm", args, { cwd: directory }),
    );
    return `${target}/${filename}`;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Writes files to a directory and its subdirectories. */
export async function writeFiles(
  files: Map<string, string>,
  directory: string,
): Promise<void> {
  for (const [path, content] of files) {
    const file = `${directory}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, content);
  }
}

if (import.meta.main) {
  const { positionals: [directory = "."] } = readTask({
    task: "pack",
    options: {},
    positionals: ["directory"],
  });
  orExit(() => makeFolder(directory), "pack");
  console.log(await pack(directory));
}
