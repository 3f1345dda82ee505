/** The sources of this repository. */
import { filesBelow, ROOT } from "../../tools/files.ts";

export { ROOT };

/** A file and what is in it. */
export interface SourceFile {
  /** Path below the folder. */
  path: string;
  text: string;
}

/** Every TypeScript file below a folder. */
export async function sourceFiles(folder: string): Promise<SourceFile[]> {
  const paths = (await filesBelow(folder))
    .filter((path) => path.endsWith(".ts"));
  return await Promise.all(paths.map(async (path) => ({
    path: path.slice(folder.length + 1),
    text: await Deno.readTextFile(new URL(path, ROOT)),
  })));
}

/** The blocks of a language in a document. */
export function blocksOf(markdown: string, language: string): string[] {
  const fences = markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return Array.from(fences).filter(([, name]) => name === language)
    .map(([, , code]) => code!);
}
