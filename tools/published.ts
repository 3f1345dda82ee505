/**
 * The files of the package, as `publish` in deno.json chooses them.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { filesBelow, ROOT } from "./files.ts";

/** Every file that JSR gets: paths below the repository, sorted. */
export async function publishedFiles(): Promise<string[]> {
  const files: string[] = [];
  for (const path of config.publish.include) {
    const { isDirectory } = await Deno.stat(new URL(path, ROOT));
    files.push(...isDirectory ? await filesBelow(path) : [path]);
  }
  return files.sort();
}
