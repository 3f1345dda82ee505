/** The files of this repository. */

/** A file and what is in it. */
export interface SourceFile {
  /** Path below the folder. */
  path: string;
  text: string;
}

export const ROOT: URL = new URL("../..", import.meta.url);

/** Every TypeScript file below a folder. */
export async function sourceFiles(folder: string): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  async function visit(path: string): Promise<void> {
    for await (
      const entry of Deno.readDir(new URL(`${folder}/${path}`, ROOT))
    ) {
      const inner = `${path}${entry.name}`;
      if (entry.isDirectory) await visit(`${inner}/`);
      else if (inner.endsWith(".ts")) {
        const text = await Deno.readTextFile(
          new URL(`${folder}/${inner}`, ROOT),
        );
        files.push({ path: inner, text });
      }
    }
  }
  await visit("");
  return files;
}
