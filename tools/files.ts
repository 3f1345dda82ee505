/**
 * The files of this repository.
 *
 * @module
 */

/** Where the repository is. */
export const ROOT: URL = new URL("../", import.meta.url);

/** Every file below a folder: paths from the root, sorted. */
export async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, ROOT))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) files.push(...await filesBelow(path));
    else files.push(path);
  }
  return files.sort();
}
