/** Reads files from `tests` that are embedded in the bundle. */
import { FILES } from "../bundled_files.ts";

/**
 * Returns the bytes of a file, such as
 * `transcripts/3.1.0/01-basics/006-login-ok.json`.
 */
// Async like the original, which reads a file.
// deno-lint-ignore require-await
export async function readBytes(
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const base64 = FILES[path];
  if (base64 === undefined) throw new Error(`${path} is not in the bundle`);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Returns the sorted names of the files in a folder. */
// Async like the original, which reads a folder.
// deno-lint-ignore require-await
export async function listNames(folder: string): Promise<string[]> {
  return Object.keys(FILES)
    .filter((path) => path.startsWith(`${folder}/`))
    .map((path) => path.slice(folder.length + 1))
    .filter((name) => !name.includes("/")).sort();
}
