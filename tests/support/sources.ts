/** Reads the sources of this repository. */
import { filesBelow, ROOT } from "../../tools/files.ts";

export { ROOT };

/** A file and its content. */
export interface SourceFile {
  /** The path relative to the folder. */
  path: string;
  text: string;
}

/** Reads the TypeScript files in a folder and its subfolders. */
export async function sourceFiles(folder: string): Promise<SourceFile[]> {
  const paths = (await filesBelow(folder))
    .filter((path) => path.endsWith(".ts"));
  return await Promise.all(paths.map(async (path) => ({
    path: path.slice(folder.length + 1),
    text: await Deno.readTextFile(new URL(path, ROOT)),
  })));
}

/** Returns a document's code blocks in a given language. */
export function blocksOf(markdown: string, language: string): string[] {
  const fences = markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return Array.from(fences).filter(([, name]) => name === language)
    .map(([, , code]) => code!);
}
