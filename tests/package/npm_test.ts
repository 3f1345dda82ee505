/** The package from npm, installed, checked and run in new projects. */
import { assert, assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { publishedFiles } from "../../tools/published.ts";
import { REPOSITORY } from "../../tools/repository.ts";
import { BUN_VERSION, NODE_VERSIONS } from "../runtimes/npx.ts";
import { ROOT } from "../support/sources.ts";
import { test } from "../support/test.ts";
import { NODE_STUB, TYPESCRIPT } from "./compilers.ts";
import {
  documentedBlocks,
  freshProject,
  serveFirstExample,
} from "./project.ts";
import { npmProject, tarball, unpack } from "./tarball.ts";

const BUN = `bun@${BUN_VERSION}`;

const contents = await unpack();

test("the npm tarball contains the source and declarations of each JSR module", async () => {
  const documents = new Set<string>();
  for (const path of await publishedFiles()) {
    if (path === "deno.json") continue;
    if (!path.endsWith(".ts")) {
      documents.add(path);
      continue;
    }
    const source = await Deno.readTextFile(new URL(path, ROOT));
    assertEquals(contents.get(`source/${path}`), source);
    assert(contents.has(path.replace(/ts$/, "d.ts")), path);
  }
  const others = [...contents.keys()]
    .filter((path) => !/\.(?:ts|js|map)$/.test(path));
  assertEquals(others.sort(), [...documents, "package.json"].sort());
});

test("every compiled module points to its source, and is not empty", () => {
  let count = 0;
  for (const [path, text] of contents) {
    if (!/^(?!source\/|vendor\/).*\.(?:js|d\.ts)$/.test(path)) continue;
    const name = path.split("/").at(-1);
    assert(text.endsWith(`\n//# sourceMappingURL=${name}.map\n`), path);
    const { file, sources } = JSON.parse(contents.get(`${path}.map`)!);
    assertEquals(file, name);
    const { pathname } = new URL(sources[0], `file:///${path}`);
    const source = path.replace(/(?:js|d\.ts)$/, "ts");
    assertEquals([pathname, sources.length], [`/source/${source}`, 1]);
    assert(stripComments(text).trim() !== "", path);
    count++;
  }
  assert(count > 200, `${count} modules were found`);
});

test("the npm tarball contains everything that it imports", () => {
  const pattern = /\b(?:from|import)\s*\(?\s*"([^"]+)"/g;
  let count = 0;
  for (const [path, text] of contents) {
    if (!/^(?!source\/).*\.(js|d\.ts)$/.test(path)) continue;
    for (const [, specifier] of stripComments(text).matchAll(pattern)) {
      const { pathname } = new URL(specifier!, `file:///${path}`);
      const isBuiltin = path.startsWith("src/cli/") &&
        specifier!.startsWith("node:");
      const target = path.endsWith(".d.ts")
        ? pathname.replace(/js$/, "d.ts")
        : pathname;
      assert(
        isBuiltin ||
          (/^\.\.?\//.test(specifier!) && contents.has(target.slice(1))),
        `${path} imports ${specifier}`,
      );
      count++;
    }
  }
  assert(count > 100, `${count} imports were found`);
});

test("the type declarations on npm do not refer to any runtime", () => {
  for (const [path, text] of contents) {
    if (!path.endsWith(".d.ts")) continue;
    const types = stripComments(text);
    const [word] =
      /\b(?:Deno|Bun|Buffer|NodeJS)\b|\b(?:node|jsr|npm):/.exec(types) ?? [];
    assertEquals(word, undefined, path);
    assert(!text.includes("/// <"), path);
  }
});

interface Manifest {
  name: string;
  version: string;
  license: string;
  description: string;
  keywords: string[];
  homepage: string;
  bugs: string;
  repository: { type: string; url: string };
  engines: { node: string };
  exports: Record<string, { types: string; default: string }>;
  dependencies?: unknown;
}

test("package.json agrees with deno.json", () => {
  const manifest: Manifest = JSON.parse(contents.get("package.json")!);
  const { name, version, license } = config;
  assertEquals({ ...manifest, name, version, license }, manifest);
  const entries = Object.keys(config.exports);
  assertEquals(Object.keys(manifest.exports), [...entries, "./package.json"]);
  for (const { types, default: module } of Object.values(manifest.exports)) {
    if (types === undefined) continue;
    assert(contents.has(types.slice(2)) && contents.has(module.slice(2)));
  }
  assertEquals(manifest.dependencies, undefined);
  assertEquals(manifest.homepage, `${REPOSITORY}#readme`);
  assertEquals(manifest.bugs, `${REPOSITORY}/issues`);
  assertEquals(manifest.repository.url, `git+${REPOSITORY}.git`);
  const [oldest] = NODE_VERSIONS;
  assertEquals(manifest.engines.node, `>=${oldest!.split(".")[0]}`);
  assert(manifest.keywords.includes("immich"));
  assert(manifest.description.startsWith("Keep a local copy of an Immich "));
  assert(contents.get("LICENSE")!.includes("the Deno authors"));
});

test("the documented examples run in a new Node project", async () => {
  await using server = serveFirstExample();
  await using project = await npmProject(TYPESCRIPT);
  const blocks = await documentedBlocks();
  await project.write("node.d.ts", NODE_STUB);
  await project.write("first.ts", server.toProgram(blocks[0]!));
  await project.write("fake.ts", blocks.at(-1)!);
  const compilerOptions = {
    strict: true,
    target: "ES2022",
    module: "nodenext",
    lib: ["ES2022", "DOM", "DOM.AsyncIterable"],
    types: [],
  };
  await project.write("tsconfig.json", JSON.stringify({ compilerOptions }));
  await project.run("node", "node_modules/typescript/bin/tsc");
  await server.runTwice(() => project.run("node", "first.js"));
  assertEquals(
    await project.run("node", "fake.js"),
    "AssetV2\nSyncCompleteV1\nAda\n",
  );
});

test("the documented examples run in a new Bun project", async () => {
  await using server = serveFirstExample();
  await using project = await freshProject();
  const blocks = await documentedBlocks();
  await project.write("package.json", '{ "private": true }');
  await project.write("first.ts", server.toProgram(blocks[0]!));
  await project.write("fake.ts", blocks.at(-1)!);
  await project.run("npx", "-y", BUN, "add", "--silent", tarball);
  await server.runTwice(() => project.run("npx", "-y", BUN, "first.ts"));
  assertEquals(
    await project.run("npx", "-y", BUN, "fake.ts"),
    "AssetV2\nSyncCompleteV1\nAda\n",
  );
});

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
