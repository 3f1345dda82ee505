/**
 * Builds the npm package, for Node, Bun and bundlers, from the files published on
 * JSR.
 *
 * Each module becomes a JavaScript file and a declaration file, so that stack traces
 * and bundlers see the same files as in this repository. `TextLineStream`
 * from `@std/streams` is included, because installing JSR packages with npm requires
 * an extra registry in `.npmrc`.
 *
 * @module
 */
import * as esbuild from "esbuild";
import ts from "typescript";
import config from "../deno.json" with { type: "json" };
import { ROOT } from "./files.ts";
import { publishedFiles } from "./published.ts";
import { runDeno } from "./run.ts";

/**
 * The newest syntax fully supported by Node 20, the oldest supported runtime.
 */
const TARGET = "es2022";

const VENDORED = "vendor/text_line_stream.js";

/** The command, which runs when it is loaded. */
const COMMAND = "./src/cli/main.js";

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

/** Creates only the modules: JavaScript and declarations. */
export async function npmModules(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const modules = (await publishedFiles()).filter((path) =>
    path.endsWith(".ts")
  );
  try {
    for (const path of modules) {
      const source = await read(path);
      const { code } = await esbuild.transform(source, {
        loader: "ts",
        target: TARGET,
      });
      const script = path.replace(/\.ts$/, ".js");
      // Windows ignores the first line, but npm reads it there.
      const start = `./${script}` === COMMAND ? "#!/usr/bin/env node\n" : "";
      files.set(script, start + toNpm(code, path));
      const types = toNpm(declarations(source, path), path);
      files.set(path.replace(/\.ts$/, ".d.ts"), types);
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

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}

/** Replaces import specifiers with those for the npm package. */
function toNpm(code: string, path: string): string {
  const up = "../".repeat(path.split("/").length - 1) || "./";
  return code
    .replaceAll(/(["'])(\.\.?\/[^"'\n]*)\.ts\1/g, "$1$2.js$1")
    .replaceAll("@std/streams/text-line-stream", `${up}${VENDORED}`);
}

function declarations(source: string, fileName: string): string {
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(source, {
    fileName,
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      strict: true,
      exactOptionalPropertyTypes: true,
      isolatedDeclarations: true,
    },
  });
  const [first] = diagnostics;
  if (first === undefined) return outputText;
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
        ...repository(),
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

/**
 * Returns the current workflow's repository. npm compares the repository with
 * the provenance.
 */
function repository(): { repository?: { type: "git"; url: string } } {
  const server = Deno.env.get("GITHUB_SERVER_URL");
  const path = Deno.env.get("GITHUB_REPOSITORY");
  if (server === undefined || path === undefined) return {};
  return { repository: { type: "git", url: `git+${server}/${path}.git` } };
}
