/**
 * Reads files in `tests`. Other runtimes use
 * `tests/runtimes/inside/support/files.ts` instead.
 */

const TESTS = new URL("../", import.meta.url);

/**
 * Reads the bytes of a file, such as
 * `transcripts/3.1.0/01-basics/006-login-ok.json`.
 */
export async function readBytes(
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(new URL(path, TESTS));
}

/** Returns the sorted names of the files in a folder. */
export async function listNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, TESTS))) {
    if (entry.isFile) names.push(entry.name);
  }
  return names.sort();
}
