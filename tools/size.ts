/**
 * Prints the size that the library adds to a bundle, minified and compressed with
 * gzip -9.
 *
 *     deno task size
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { npmPackage } from "./npm_package.ts";
import { writeFiles } from "./pack.ts";
import { readTask } from "./task_options.ts";

/** Programs that use parts of the package: name → module. */
export const PROGRAMS: Record<string, string> = {
  everything: 'export * from "./mod.js";',
  sync: 'export { sync } from "./mod.js";',
  syncStream: 'export { syncStream } from "./mod.js";',
  "authorize, callback": 'export { authorize, callback } from "./mod.js";',
  authorize: 'export { authorize } from "./mod.js";',
  mirror: 'export * from "./src/mirror/mod.js";',
  seal: 'export * from "./src/seal/mod.js";',
  testing: 'export * from "./src/testing/mod.js";',
};

/** The size of a bundle in bytes. */
export interface Size {
  minified: number;
  gzipped: number;
}

/** Bundles programs that import the package. */
export interface Bundler extends AsyncDisposable {
  bundle(program: string, options?: esbuild.BuildOptions): Promise<string>;
}

/** Creates a bundler for programs that import the given files. */
export async function openBundler(
  files: Map<string, string>,
): Promise<Bundler> {
  const directory = await Deno.makeTempDir({ prefix: "bundle-" });
  await writeFiles(files, directory);
  return {
    async bundle(program, options = {}) {
      const { outputFiles } = await esbuild.build({
        stdin: { contents: program, resolveDir: directory },
        bundle: true,
        write: false,
        format: "esm",
        target: "es2022",
        legalComments: "none",
        ...options,
      });
      return outputFiles![0]!.text;
    },
    async [Symbol.asyncDispose]() {
      await esbuild.stop();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Measures a bundle. */
export function sizeOf(code: string): Size {
  const bytes = new TextEncoder().encode(code);
  const gzipped = gzipSync(bytes, { level: 9 });
  return { minified: bytes.length, gzipped: gzipped.length };
}

/** Measures the bundle of each program. */
export async function measure(): Promise<Record<string, Size>> {
  await using bundler = await openBundler(await npmPackage());
  const sizes: Record<string, Size> = {};
  for (const [name, program] of Object.entries(PROGRAMS)) {
    sizes[name] = sizeOf(await bundler.bundle(program, { minify: true }));
  }
  return sizes;
}

if (import.meta.main) {
  readTask({ task: "size", options: {} });
  console.table(await measure());
}
