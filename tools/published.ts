/**
 * Lists the package's files, as selected by `publish` in deno.json.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { filesBelow, ROOT } from "./files.ts";

/** Returns the files published on JSR, as sorted paths relative to the root. */
export async function publishedFiles(): Promise<string[]> {
  const files: string[] = [];
  for (const path of config.publish.include) {
    const { isDirectory } = await Deno.stat(new URL(path, ROOT));
    files.push(...isDirectory ? await filesBelow(path) : [path]);
  }
  return files.sort();
}
