/**
 * The files of the package, as `publish` in deno.json chooses them.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };

/** Where the repository is. */
export const ROOT: URL = new URL("../", import.meta.url);

/** Every file that JSR gets: paths below the repository, sorted. */
export async function publishedFiles(): Promise<string[]> {
  const files: string[] = [];
  for (const path of config.publish.include) await visit(path, files);
  return files.sort();
}

async function visit(path: string, files: string[]): Promise<void> {
  const { isDirectory } = await Deno.stat(new URL(path, ROOT));
  if (!isDirectory) return void files.push(path);
  for await (const { name } of Deno.readDir(new URL(path, ROOT))) {
    await visit(`${path}/${name}`, files);
  }
}
