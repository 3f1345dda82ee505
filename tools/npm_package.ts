/**
 * Builds the npm package, for Node, Bun and bundlers, from the files published on
 * JSR.
 *
 * Each module becomes a JavaScript file and a declaration file, so that
 * bundlers see the same files as in this repository. Their source maps refer to
 * the TypeScript files, which are in a separate folder. If they were beside the
 * declarations, the user's compiler would check them instead of the
 * declarations. `TextLineStream` from `@std/streams` is included, because
 * installing JSR packages with npm requires an extra registry in `.npmrc`.
 *
 * @module
 */
import * as esbuild from "esbuild";
import ts from "typescript";
import config from "../deno.json" with { type: "json" };
import { ROOT } from "./files.ts";
import { publishedFiles } from "./published.ts";
import { REPOSITORY } from "./repository.ts";
import { runDeno } from "./run.ts";

/**
 * The newest syntax fully supported by Node 20, the oldest supported runtime.
 */
const TARGET = "es2022";

const VENDORED = "vendor/text_line_stream.js";

/** The module of the command, which runs when it is loaded. */
const COMMAND = "./src/cli/main.js";
const COMMAND_SOURCE = "src/cli/main.ts";

/** The folder of the TypeScript files. */
const SOURCES = "source";

const KEYWORDS = [
  ...["immich", "sync", "photos", "backup", "mirror", "sqlite", "oauth"],
  ...["edge", "cloudflare-workers", "deno", "bun", "fetch", "web-streams"],
];

/** Creates the files for the npm package: path → content. */
export async function npmPackage(): Promise<Map<string, string>> {
  const files = await npmModules();
  for (const path of await publishedFiles()) {
    if (path.endsWith(".md")) files.set(path, await read(path));
  }
  files.set("LICENSE", await license());
  files.set("package.json", manifest(await read("README.md")));
  return files;
}

/** Creates only the modules: JavaScript, declarations and sources. */
export async function npmModules(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const modules = (await publishedFiles()).filter((path) =>
    path.endsWith(".ts")
  );
  try {
    for (const path of modules) {
      const source = await read(path);
      files.set(`${SOURCES}/${path}`, source);
      const { code, map } = await esbuild.transform(source, {
        loader: "ts",
        target: TARGET,
        sourcemap: "external",
        sourcesContent: false,
        // npm needs this line even on Windows.
        banner: path === COMMAND_SOURCE ? "#!/usr/bin/env node" : "",
      });
      // A module that contains only types has no JavaScript.
      if (code !== "") addFile(files, path, "js", code, map);
      const { outputText, sourceMapText } = declarations(source, path);
      addFile(files, path, "d.ts", outputText, sourceMapText!);
    }
    const vendored = await bundleLineStream();
    const { code } = await esbuild.transform(vendored, { target: TARGET });
    files.set(
      VENDORED,
      `/*! @std/streams, copyright 2018-2026 the Deno authors, MIT license */\n${code}`,
    );
  } finally {
    await esbuild.stop();
  }
  return files;
}

/** Adds a file that was compiled from a TypeScript file, and its source map. */
function addFile(
  files: Map<string, string>,
  path: string,
  extension: "js" | "d.ts",
  text: string,
  map: string,
): void {
  const file = path.replace(/ts$/, extension);
  const name = file.replace(/^.*\//, "");
  const code = text.replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n");
  files.set(file, `${toNpm(code, path)}//# sourceMappingURL=${name}.map\n`);
  const sources = [`${rootFrom(path)}${SOURCES}/${path}`];
  const { names, mappings } = JSON.parse(map);
  const json = { version: 3, file: name, sources, names, mappings };
  files.set(`${file}.map`, JSON.stringify(json));
}

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}

/** Replaces import specifiers with those for the npm package. */
function toNpm(code: string, path: string): string {
  return code
    .replaceAll(/(["'])(\.\.?\/[^"'\n]*)\.ts\1/g, "$1$2.js$1")
    .replaceAll(
      "@std/streams/text-line-stream",
      `${rootFrom(path)}${VENDORED}`,
    );
}

/** Returns the relative path from a file's folder to the root. */
function rootFrom(path: string): string {
  return "../".repeat(path.split("/").length - 1) || "./";
}

function declarations(source: string, fileName: string): ts.TranspileOutput {
  const output = ts.transpileDeclaration(source, {
    fileName,
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      strict: true,
      exactOptionalPropertyTypes: true,
      isolatedDeclarations: true,
      declarationMap: true,
    },
  });
  const [first] = output.diagnostics ?? [];
  if (first === undefined) return output;
  const text = ts.flattenDiagnosticMessageText(first.messageText, "\n");
  throw new Error(`Cannot declare the types of "${fileName}": ${text}`);
}

/** Bundles `TextLineStream` and its dependencies from the current registry. */
async function bundleLineStream(): Promise<string> {
  const directory = await Deno.makeTempDir();
  try {
    const output = `${directory}/text_line_stream.js`;
    await runDeno(
      ...["bundle", "--quiet", "--platform=browser", `--output=${output}`],
      new URL("text_line_stream.ts", import.meta.url).pathname,
    );
    return await Deno.readTextFile(output);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function license(): Promise<string> {
  return `${await read("LICENSE")}
---

${VENDORED} is part of @std/streams, copyright 2018-2026 the Deno authors,
under the same license.
`;
}

/** Creates package.json from deno.json and the README. */
function manifest(readme: string): string {
  const { name, version, license, exports } = config;
  const entries = Object.entries(exports).map(([entry, path]) => {
    const module = path.replace(/\.ts$/, "");
    return [entry, { types: `${module}.d.ts`, default: `${module}.js` }];
  });
  const [, sentence = ""] = /^# .*\n\n([^]*?)\n\n/.exec(readme) ?? [];
  const description = sentence
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("\n", " ");
  return `${
    JSON.stringify(
      {
        name,
        version,
        description,
        license,
        keywords: KEYWORDS,
        homepage: `${REPOSITORY}#readme`,
        bugs: `${REPOSITORY}/issues`,
        repository: { type: "git", url: `git+${REPOSITORY}.git` },
        type: "module",
        sideEffects: [COMMAND],
        bin: { "immich-sync": COMMAND },
        engines: { node: ">=20" },
        exports: {
          ...Object.fromEntries(entries),
          "./package.json": "./package.json",
        },
      },
      null,
      2,
    )
  }\n`;
}
